import { BackendError } from "#backends/backend-error.ts";
import type { TraceSpan } from "#traces/span.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { PlatformInfo, PlatformKind } from "../records/run-file.ts";
import type { InstanceRecord, ZeroProof } from "../records/sample-record.ts";

/** The addresses that a condition's calls use. */
export interface Addresses {
  /** For pages. */
  readonly storefront: {
    /** `http://host:port`. */
    readonly url: string;
    /** The Host header that the gateway routes by; null if the address is the storefront's own. */
    readonly hostHeader: string | null;
  };
  /** The address for RPCs of a function. */
  readonly rpcOf: (functionName: string) => RpcAddress;
}

/** Where a gRPC client connects. */
export interface RpcAddress {
  /** `host:port`. */
  readonly address: string;
  /** The `:authority` that the gateway routes by; null if the address is the function's own. */
  readonly authority: string | null;
}

/** A watch of the functions' instances. */
export interface Observation {
  /** All instances since the watch started, with the moments known so far. */
  instances(): readonly InstanceRecord[];
  /** Stops the watch. */
  stop(): void;
}

/** The platform that a study measures: the local platform, or a shop on a cluster. */
export interface StudyPlatform {
  /** Results of different kinds are never mixed. */
  readonly kind: PlatformKind;
  /** Its description, for the results. */
  readonly info: PlatformInfo;
  /** Sentences about possible disturbances of the measurements; empty on an idle platform. */
  findDisturbances(): Promise<string[]>;
  /** Applies a condition's deployment and policy. Later calls use them. */
  prepare(condition: Condition, signal: AbortSignal): Promise<void>;
  /** Waits until no function has an instance; resolves to false after a bound. */
  waitForZero(signal: AbortSignal): Promise<boolean>;
  /** Checks right before a sample that no function has an instance. */
  verifyZero(): Promise<ZeroProof>;
  /** The addresses for a condition's calls, after `prepare`. */
  addressesOf(condition: Condition): Addresses;
  /** Starts to watch the instances of all functions. */
  observe(): Observation;
  /** The spans of a trace that have arrived so far; none for an unknown trace. */
  readTrace(traceId: string): Promise<TraceSpan[]>;
  /** Rejects with PlatformError if the platform does not respond. */
  checkAlive(): Promise<void>;
  /** Restores the state before the first `prepare`. */
  close(): Promise<void>;
}

/**
 * The platform is unreachable or does not support the request. The message is a sentence for the
 * user.
 */
export class PlatformError extends BackendError {
  override readonly name: string = "PlatformError";
}
