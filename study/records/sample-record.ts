import type { PhaseTimes } from "./phases.ts";

/** What was seen right before a sample: nothing ran. */
export interface ZeroProof {
  /** Epoch milliseconds at which the platform was asked. */
  readonly checkedAtMs: number;
  /** What was asked, such as the path of the API server's list of pods. */
  readonly source: string;
  /** The version of the list that was answered (Kubernetes' resourceVersion); null locally. */
  readonly version: string | null;
  /** Pods in any phase, or processes, of the functions that the sample is about. Empty is zero. */
  readonly instances: readonly string[];
}

/** One pod, or one process of the local platform, as it was watched. Epoch milliseconds. */
export interface InstanceRecord {
  readonly function: string;
  /** The pod's name, or the process id. */
  readonly id: string;
  /** The pod's address, once it has one; null locally. */
  readonly address: string | null;
  /** When it was first seen. */
  readonly createdAtMs: number;
  /** Condition PodScheduled. */
  readonly scheduledAtMs: number | null;
  /** Condition PodReadyToStartContainers. */
  readonly sandboxAtMs: number | null;
  /** The function's container was seen running. */
  readonly startedAtMs: number | null;
  /** Condition Ready. */
  readonly readyAtMs: number | null;
  /** When it was gone; null where the sample ended before. */
  readonly goneAtMs: number | null;
}

/** What one function's cold start cost the request that met it. */
export interface ColdStartRecord {
  readonly call: number;
  readonly step: string;
  readonly function: string;
  /** Milliseconds from the caller's start to its answer, of this one call. */
  readonly waitMs: number;
  readonly phases: PhaseTimes;
}

/** A stretch of a call's critical path. */
export interface PathSegment {
  readonly function: string;
  /** The span's name. */
  readonly name: string;
  /** Milliseconds since the call was sent. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** The critical path of one call. */
export interface PathRecord {
  readonly call: number;
  readonly step: string;
  readonly traceId: string;
  readonly segments: readonly PathSegment[];
}

/** One attempt at a sample: a line of `samples.jsonl`. */
export interface SampleRecord {
  /** The sample's number in the plan, from 0. */
  readonly sample: number;
  readonly condition: string;
  readonly repetition: number;
  /** Which attempt at this sample it is, from 0. */
  readonly attempt: number;
  /** Only calls of kept samples are in `calls.csv`. */
  readonly verdict: "kept" | "rejected";
  /** Why it was rejected, in a sentence; null for a kept one. */
  readonly reason: string | null;
  /** Null where the sample is to start warm. */
  readonly zero: ZeroProof | null;
  /** Epoch milliseconds from which instances are counted. */
  readonly startedAtMs: number;
  /** Epoch milliseconds until which instances are counted. */
  readonly endedAtMs: number;
  /** Seconds that instances existed between the two, by function. */
  readonly podSeconds: Readonly<Record<string, number>>;
  readonly instances: readonly InstanceRecord[];
  readonly coldStarts: readonly ColdStartRecord[];
  /** Of the first calls that met a cold start. */
  readonly criticalPaths: readonly PathRecord[];
  /** The machine's load average of the last minute, at the start. */
  readonly loadAverage: number;
}
