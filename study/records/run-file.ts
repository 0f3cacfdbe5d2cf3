import type { FunctionProgram } from "../../bundle/bundle-functions.ts";
import type { CheckoutState } from "../../bundle/describe-checkout.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { PlannedSample } from "../experiment/plan.ts";

/** The kind of the measured platform. Results of the two kinds are never mixed. */
export type PlatformKind = "local" | "knative";

/** The code that the local platform ran. */
export interface MeasuredCode extends CheckoutState {
  /** The program that Node.js runs for each function, by its name, and the SHA-256 of that file. */
  readonly programs: Readonly<Record<string, Pick<FunctionProgram, "kind" | "sha256">>>;
}

/** The description and versions of a platform. */
export interface PlatformInfo {
  /** The kind of platform. */
  readonly kind: PlatformKind;
  /** One line, such as `Knative Serving 1.23 on Kubernetes v1.36.3, namespace shop`. */
  readonly description: string;
  /** Versions by name: node, kubernetes, knative, and the images by function. */
  readonly versions: Readonly<Record<string, string>>;
  /** Null for a cluster, whose images are among the versions. Missing in results of older versions. */
  readonly code?: MeasuredCode | null;
}

/** The machine that ran the study. On a one-node cluster it is also the one that was measured. */
export interface MachineInfo {
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** The model of the first CPU. */
  readonly cpuModel: string;
  /** Logical CPUs. */
  readonly cpuCount: number;
  /** Bytes of memory in total. */
  readonly memoryBytes: number;
}

/** A condition that this platform does not support. */
export interface SkippedCondition {
  /** Name of the condition. */
  readonly condition: string;
  /** The reason, as a sentence. */
  readonly reason: string;
}

/** The settings that a platform was opened with. `resume` opens it again with them. */
export interface PlatformSettings {
  /** The kind of platform. */
  readonly kind: PlatformKind;
  /** The namespace in which the shop is deployed. */
  readonly namespace: string;
  /** kubectl's context; null for the current one. */
  readonly context: string | null;
  /** Images that the study deploys itself, by deployment: floor, baseline, monolith. */
  readonly images: Readonly<Record<string, string>>;
  /** `host:port` of the public gateway; null to look it up. */
  readonly gateway: string | null;
  /** `host:port` of the cluster-local gateway; null to look it up. */
  readonly internalGateway: string | null;
}

/** `run.json`: everything needed to read the other files of the folder. */
export interface RunFile {
  /** The version of all files of the folder. */
  readonly format: "hipster-shop-study/2";
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The experiment with all defaults filled in. */
  readonly experiment: Experiment;
  /** The text of the experiment's file. */
  readonly text: string;
  /** How to open the platform again. */
  readonly settings: PlatformSettings;
  /** Null until the platform was opened for the first time. */
  readonly platform: PlatformInfo | null;
  /** The machine that ran the study. */
  readonly machine: MachineInfo;
  /** Seed of all random numbers of the run. */
  readonly seed: number;
  /** Every sample to be taken, in order. */
  readonly plan: readonly PlannedSample[];
  /** Conditions that are not measured. */
  readonly skipped: readonly SkippedCondition[];
  /** Sentences about possible disturbances of the measurements. */
  readonly warnings: readonly string[];
}
