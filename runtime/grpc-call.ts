import { Metadata } from "@grpc/grpc-js";
import type { WaitUntil } from "./background-work.ts";
import type { CachePolicy } from "./cache-policy.ts";
import { writeErrorInfo } from "./error-info.ts";
import type { OutgoingScope } from "./request-context.ts";
import type { CallContext, CallOrigin } from "./rpc.ts";
import { type ColdStart, serverTimingHeader } from "./server-timing.ts";
import { StatusError, statusNumberOf } from "./status.ts";
import type { GrpcFailure, UnaryCall } from "./unary-call.ts";

/** A call that is being answered: its handler's context, and the scope of its outgoing calls. */
export interface AnsweredCall extends CallContext, OutgoingScope {
  /** CANCELLED or DEADLINE_EXCEEDED if the caller no longer waits for the response; otherwise undefined. */
  readonly loss: StatusError | undefined;
  /** How long clients may use the response again; undefined: they may not. */
  readonly cachePolicy: CachePolicy | undefined;
  /** Aborts when the caller cancels or its deadline passes. */
  readonly signal: AbortSignal;
  /** The cold starts so far. */
  readonly coldStarts: ColdStart[];
  /** Registers work that continues after the response. */
  readonly waitUntil: WaitUntil;
  /** Ends the call with its answer: grpc-js reports every call as cancelled at its end. */
  end(): void;
}

// A caller cancels at its own deadline. gRPC sends the remaining duration, so the server's deadline is
// later by the time that the request took to arrive, in a queue or during a cold start. Therefore a caller
// that cancels in the last tenth of the time counts as one whose deadline has passed, which is an error
// of the server.
const lastPart = 0.1;

type CancellableCall = Pick<UnaryCall, "getDeadline" | "isCancelled" | "onceCancelled">;

/** Describes a call. */
export function describeCall(
  call: CancellableCall,
  method: string,
  waitUntil: WaitUntil,
): AnsweredCall {
  return new RunningCall(call, method, waitUntil);
}

// A class, because an object literal with getters costs several times as much to create.
class RunningCall implements AnsweredCall {
  readonly method: string;
  readonly deadline: Date | undefined;
  readonly coldStarts: ColdStart[] = [];
  readonly waitUntil: WaitUntil;
  readonly allowCaching = (policy: CachePolicy): void => {
    this.#cachePolicy = policy;
  };
  readonly #lateFromMs: number;
  #lostAtMs: number | undefined;
  #controller: AbortController | undefined;
  #cachePolicy: CachePolicy | undefined;
  #isEnded = false;

  constructor(call: CancellableCall, method: string, waitUntil: WaitUntil) {
    this.method = method;
    this.waitUntil = waitUntil;
    const given = call.getDeadline();
    const deadlineMs = typeof given === "number" ? given : given.getTime();
    this.deadline = Number.isFinite(deadlineMs) ? new Date(deadlineMs) : undefined;
    this.#lateFromMs = deadlineMs - lastPart * (deadlineMs - Date.now());
    if (call.isCancelled) this.#lose();
    else call.onceCancelled(() => this.#lose());
  }

  // Created on demand: most handlers do not use it.
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#lostAtMs !== undefined) this.#controller.abort();
    return this.#controller.signal;
  }

  get loss(): StatusError | undefined {
    if (this.#lostAtMs === undefined) return undefined;
    return this.#lostAtMs >= this.#lateFromMs
      ? new StatusError("DEADLINE_EXCEEDED", "the deadline passed before the response")
      : new StatusError("CANCELLED", "the caller cancelled before the response");
  }

  get cachePolicy(): CachePolicy | undefined {
    return this.#cachePolicy;
  }

  end(): void {
    this.#isEnded = true;
  }

  #lose(): void {
    if (this.#isEnded) return;
    this.#lostAtMs = Date.now();
    this.#controller?.abort();
  }
}

/** Describes where a call comes from. */
export function describeOrigin(
  call: Pick<UnaryCall, "getPeer" | "metadata">,
  method: string,
): CallOrigin {
  const headers = call.metadata.getMap();
  return {
    method,
    // grpc-js adds the port, also to an IPv6 address.
    address: call.getPeer().replace(/:\d+$/, ""),
    headerNames: Object.keys(headers),
    authorization: headers.authorization?.toString(),
  };
}

/**
 * Rejects a call whose caller no longer waits, so that its effect does not happen after the caller was told
 * that the call failed. This makes such effects rare, but excludes none: a caller can leave at any time
 * after this check, and a deadline does not include the time before the request arrived.
 *
 * @throws StatusError CANCELLED or DEADLINE_EXCEEDED
 */
export async function requireCaller(answered: AnsweredCall): Promise<void> {
  // A process that could not run receives a request and its cancellation at once: the cancellation is
  // reported one turn of the event loop later.
  await new Promise((resolve) => setImmediate(resolve));
  const { loss, deadline } = answered;
  if (loss) throw loss;
  if (deadline && deadline.getTime() <= Date.now()) {
    throw new StatusError(
      "DEADLINE_EXCEEDED",
      "the deadline passed before the request was handled",
    );
  }
}

// HTTP/2 servers and proxies limit the size of trailers.
const maxDetailsLength = 2048;

/** Converts a status to grpc-js's form, with its ErrorInfo and the cold starts of the call as trailers. */
export async function toGrpcFailure(
  error: StatusError,
  serverTiming: string,
): Promise<GrpcFailure> {
  const code = statusNumberOf(error.code);
  const details = error.message.slice(0, maxDetailsLength);
  let metadata = timingTrailers(serverTiming);
  if (error.info) {
    metadata ??= new Metadata();
    await writeErrorInfo(metadata, code, details, error.info);
  }
  return { code, details, metadata };
}

/** Trailers that contain a Server-Timing value; undefined for an empty value. */
export function timingTrailers(serverTiming: string): Metadata | undefined {
  if (serverTiming === "") return undefined;
  const trailers = new Metadata();
  trailers.set(serverTimingHeader, serverTiming);
  return trailers;
}
