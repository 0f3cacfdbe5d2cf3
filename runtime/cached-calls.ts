import type { Metadata } from "@grpc/grpc-js";
import { readCachePolicy } from "./cache-policy.ts";
import { counter } from "./metrics.ts";
import { outgoingScope, runInScope } from "./request-context.ts";
import { type CacheResult, type FetchedResponse, ResponseCache } from "./response-cache.ts";
import type { CallOptions } from "./rpc.ts";
import type { MethodTelemetry } from "./rpc-telemetry.ts";
import { StatusError } from "./status.ts";

const lookups = counter({
  name: "rpc_client_cache_lookups_total",
  help: "Calls of methods whose responses may be used again: fresh (hit) or stale from the cache, by a running call (collapsed), or by a call of their own (miss).",
  labels: ["rpc_service", "rpc_method", "result"],
});

// A catalog of a few thousand products, and conversions of its prices. Objects take about ten times the
// bytes, and a function has 256 MiB.
const limits = { maxEntries: 500, maxBytes: 1 << 20 };

// For the whole process, as a client has no scope.
let cache: ResponseCache | undefined;

/** Makes the clients of this process keep responses, or not. The cache is empty afterwards. */
export function useResponseCache(isOn: boolean): void {
  cache = isOn ? new ResponseCache(limits) : undefined;
}

/** Makes a call. */
export type Call = (
  request: unknown,
  options?: CallOptions,
  /** Called with the headers of a response. */
  onHeaders?: (headers: Metadata) => void,
) => Promise<unknown>;

/** A method without side effects whose responses are kept. */
export interface CacheableMethod {
  /** Its spans. */
  readonly telemetry: MethodTelemetry;
  /** The value of `:authority` in its calls. */
  readonly authority: string;
  /** Encodes a request. */
  readonly serialize: (request: unknown) => Buffer;
  /** The length of an encoded response in bytes. */
  readonly measure: (response: unknown) => number;
  /** The milliseconds that a call may take now. */
  readonly budgetMs: () => number;
}

/**
 * Answers calls of a method from the cache of this process, as far as the function that answers them allows. A
 * function that never allows it costs nothing, since keys are only made after the first response that does.
 */
export function cacheCalls(method: CacheableMethod, call: Call): Call {
  const { telemetry, authority, serialize } = method;
  const keyOf = (request: unknown) =>
    `${authority} ${telemetry.name} ${serialize(request).toString("latin1")}`;
  const [rpc_service = "", rpc_method = ""] = telemetry.name.split("/");
  const count = (result: CacheResult) => lookups.inc({ rpc_service, rpc_method, result });
  let isKnown = false;
  return async (request, options = {}) => {
    if (!cache) return call(request, options);
    const fetch = (changed: CallOptions = options) => fetchResponse(method, call, request, changed);
    if (!isKnown || options.isFresh) {
      const { response, policy } = await cache.fetch(() => keyOf(request), fetch);
      isKnown ||= policy !== undefined;
      if (policy) count("miss");
      return response;
    }
    const startMs = Date.now();
    const deadlineMs = startMs + (options.timeoutMs ?? method.budgetMs());
    const { response, result } = await cache.answer(keyOf(request), {
      fetch: () => fetch({ ...options, timeoutMs: deadlineMs - Date.now() }),
      revalidate: () => inBackground(() => fetch({})),
      join: (other) => joinCall(other, deadlineMs, options.signal),
    });
    count(result);
    if (result !== "miss") telemetry.recordCached(result, startMs);
    return response;
  };
}

async function fetchResponse(
  { measure }: CacheableMethod,
  call: Call,
  request: unknown,
  options: CallOptions,
): Promise<FetchedResponse> {
  let headers: Metadata | undefined;
  const response = await call(request, options, (received) => {
    headers = received;
  });
  const policy = headers && readCachePolicy(headers);
  return { response, policy, bytes: policy ? measure(response) : 0 };
}

// In the trace of the request, but not cancelled with it, and not counted as one of its cold starts.
function inBackground<T>(work: () => Promise<T>): Promise<T> {
  const waitUntil = outgoingScope()?.waitUntil;
  const running = runInScope(undefined, work);
  // The span of the call has its error.
  waitUntil?.(running.catch(() => undefined));
  return running;
}

/** Waits for the call of another caller until the deadline of this one. */
function joinCall<T>(other: Promise<T>, deadlineMs: number, ownSignal?: AbortSignal): Promise<T> {
  const scope = outgoingScope();
  const endMs = Math.min(deadlineMs, scope?.deadline?.getTime() ?? Number.POSITIVE_INFINITY);
  const signals = [ownSignal, scope?.signal].filter((signal) => signal !== undefined);
  return new Promise((resolve, reject) => {
    const fail = (code: "DEADLINE_EXCEEDED" | "CANCELLED", reason: string) => {
      end();
      reject(new StatusError(code, `${reason} while the same call of another request was running`));
    };
    const leave = () => fail("CANCELLED", "the caller cancelled");
    const timer = setTimeout(
      () => fail("DEADLINE_EXCEEDED", "the deadline passed"),
      Math.max(endMs - Date.now(), 0),
    );
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", leave);
    };
    for (const signal of signals) signal.addEventListener("abort", leave, { once: true });
    if (signals.some(({ aborted }) => aborted)) leave();
    void other.then(resolve, reject).finally(end);
  });
}
