import type { TraceSpan } from "#traces/span.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { PlatformInfo, PlatformKind } from "../records/run-file.ts";
import type { InstanceRecord, ZeroProof } from "../records/sample-record.ts";

/** Where the calls of a condition go. */
export interface Addresses {
  readonly storefront: {
    /** `http://host:port`. */
    readonly url: string;
    /** The Host header that the gateway routes by; null where the address is the storefront's. */
    readonly hostHeader: string | null;
  };
  /** Where an RPC of a function goes. */
  readonly rpcOf: (functionName: string) => RpcAddress;
}

/** Where a gRPC client connects. */
export interface RpcAddress {
  /** `host:port`. */
  readonly address: string;
  /** The `:authority` that the gateway routes by; null where the address is the function's. */
  readonly authority: string | null;
}

/** Watches the instances of functions from its start. */
export interface Observation {
  /** All instances that were there since, as far as they are known now. */
  instances(): readonly InstanceRecord[];
  /** Ends the watch. */
  stop(): void;
}

/** What is measured: the local platform, or a shop on a cluster. */
export interface StudyPlatform {
  readonly kind: PlatformKind;
  /** What it is, for the results. */
  readonly info: PlatformInfo;
  /** Sentences about what may disturb the measurements; empty on a quiet platform. */
  findDisturbances(): Promise<string[]>;
  /** Brings a condition's deployment and policy about: afterwards its calls meet them. */
  prepare(condition: Condition, signal: AbortSignal): Promise<void>;
  /** Waits until no function has an instance; false when that takes too long. */
  waitForZero(signal: AbortSignal): Promise<boolean>;
  /** Looks once more, right before a sample. */
  verifyZero(): Promise<ZeroProof>;
  addressesOf(condition: Condition): Addresses;
  observe(): Observation;
  /** The spans of a trace that have come so far; none for an unknown one. */
  readTrace(traceId: string): Promise<TraceSpan[]>;
  /** Rejects with PlatformError when the platform does not answer any more. */
  checkAlive(): Promise<void>;
  /** Puts everything back as it was before the first `prepare`. */
  close(): Promise<void>;
}

/** The platform is gone or does not do what it is told; the message is a sentence for the user. */
export class PlatformError extends Error {
  override readonly name: string = "PlatformError";
}
