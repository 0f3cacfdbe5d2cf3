import type { PlannedSample } from "../experiment/plan.ts";
import type { PhaseTimes } from "./phases.ts";

/** The check, right before a sample, that no instance runs. */
export interface ZeroProof {
  /** Epoch milliseconds at which the platform was queried. */
  readonly checkedAtMs: number;
  /** The queried source, such as the path of the API server's list of pods. */
  readonly source: string;
  /** The version of the list (Kubernetes' resourceVersion); null locally. */
  readonly version: string | null;
  /** Pods in any phase, or processes, of the sample's functions. Empty at zero. */
  readonly instances: readonly string[];
}

/** One watched pod, or one process of the local platform. All times are epoch milliseconds. */
export interface InstanceRecord {
  /** Name of the function. */
  readonly function: string;
  /** The pod's name, or the process id. */
  readonly id: string;
  /** The pod's IP address, once it has one; null locally. */
  readonly address: string | null;
  /** When it was first seen. */
  readonly createdAtMs: number;
  /** Condition PodScheduled. */
  readonly scheduledAtMs: number | null;
  /** Condition PodReadyToStartContainers. */
  readonly sandboxAtMs: number | null;
  /** When the function's container was first seen running. */
  readonly startedAtMs: number | null;
  /** Condition Ready. */
  readonly readyAtMs: number | null;
  /** When it was removed; null if the sample ended earlier. */
  readonly goneAtMs: number | null;
}

/** The cost of one function's cold start for the request that met it. */
export interface ColdStartRecord {
  /** Number of the arrival within the sample, from 0. */
  readonly call: number;
  /** A page or an RPC. */
  readonly step: string;
  /** The function that started. */
  readonly function: string;
  /** Milliseconds of this call, from the caller's start to the response. */
  readonly waitMs: number;
  /** The phases of `waitMs`. */
  readonly phases: PhaseTimes;
}

/** A segment of a call's critical path. */
export interface PathSegment {
  /** The function whose work this is. */
  readonly function: string;
  /** The span's name. */
  readonly name: string;
  /** Milliseconds since the call was sent. */
  readonly startMs: number;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** The critical path of one call. */
export interface PathRecord {
  /** Number of the arrival within the sample, from 0. */
  readonly call: number;
  /** A page or an RPC. */
  readonly step: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** In the order of time. */
  readonly segments: readonly PathSegment[];
}

/** One attempt at a sample: a line of `samples.jsonl`. */
export interface SampleRecord extends PlannedSample {
  /** Number of the attempt at this sample, from 0. */
  readonly attempt: number;
  /** `calls.csv` has only calls of kept samples. */
  readonly verdict: "kept" | "rejected";
  /** Why the sample was rejected, as a sentence; null if it was kept. */
  readonly reason: string | null;
  /** Null for a sample that starts warm. */
  readonly zero: ZeroProof | null;
  /** Epoch milliseconds from which instances are counted. */
  readonly startedAtMs: number;
  /** Epoch milliseconds until which instances are counted. */
  readonly endedAtMs: number;
  /** Seconds that instances existed in that interval, by function. */
  readonly podSeconds: Readonly<Record<string, number>>;
  /** The instances of all functions in that interval. */
  readonly instances: readonly InstanceRecord[];
  /** The cold starts of all calls. */
  readonly coldStarts: readonly ColdStartRecord[];
  /** Critical paths of the first calls that met a cold start. */
  readonly criticalPaths: readonly PathRecord[];
  /** The machine's load average of the last minute, when the sample started. */
  readonly loadAverage: number;
}
