import type { FunctionProgram } from "../../bundle/bundle-functions.ts";
import type { CheckoutState } from "../../bundle/describe-checkout.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { PlannedSample } from "../experiment/plan.ts";

/** What was measured on. Results of the two kinds are never mixed. */
export type PlatformKind = "local" | "knative";

/** The code that the local platform runs. */
export interface MeasuredCode extends CheckoutState {
  /** What Node.js runs for each function, by its name, and the SHA-256 of that file. */
  readonly programs: Readonly<Record<string, Pick<FunctionProgram, "kind" | "sha256">>>;
}

/** A platform in words and versions. */
export interface PlatformInfo {
  readonly kind: PlatformKind;
  /** One line, such as `Knative Serving 1.23 on Kubernetes v1.36.3, namespace shop`. */
  readonly description: string;
  /** Versions by name: node, kubernetes, knative, and the images by function. */
  readonly versions: Readonly<Record<string, string>>;
  /** Null for a cluster, whose images are among the versions; missing in older results. */
  readonly code?: MeasuredCode | null;
}

/** The machine that the study ran on; with one node, also the one that it measured. */
export interface MachineInfo {
  readonly platform: string;
  readonly arch: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
}

/** A condition that this platform cannot show. */
export interface SkippedCondition {
  readonly condition: string;
  /** A sentence. */
  readonly reason: string;
}

/** What a platform was opened with; enough to open it again for `resume`. */
export interface PlatformSettings {
  readonly kind: PlatformKind;
  readonly namespace: string;
  /** kubectl's context; null for the current one. */
  readonly context: string | null;
  /** Images of what the study deploys itself, by deployment: floor, baseline, monolith. */
  readonly images: Readonly<Record<string, string>>;
  /** `host:port` of the public gateway; null to look it up. */
  readonly gateway: string | null;
  /** `host:port` of the cluster-local gateway; null to look it up. */
  readonly internalGateway: string | null;
}

/** `run.json`: everything that the rest of the folder is to be read with. */
export interface RunFile {
  readonly format: "hipster-shop-study/2";
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly experiment: Experiment;
  /** The experiment's file, as it was. */
  readonly text: string;
  readonly settings: PlatformSettings;
  /** Null until the platform was opened for the first time. */
  readonly platform: PlatformInfo | null;
  readonly machine: MachineInfo;
  readonly seed: number;
  /** Every sample that is to be taken, in order. */
  readonly plan: readonly PlannedSample[];
  readonly skipped: readonly SkippedCondition[];
  /** Sentences about what may have disturbed the run. */
  readonly warnings: readonly string[];
}
