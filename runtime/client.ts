import { AsyncLocalStorage } from "node:async_hooks";
import { type Client as GrpcClient, Metadata } from "@grpc/grpc-js";
import { context, propagation, type TextMapSetter, trace } from "@opentelemetry/api";
import { type Call, cacheCalls } from "./cached-calls.ts";
import { openChannel } from "./channel.ts";
import { CircuitBreaker, markTrial, trialTimeoutMs } from "./circuit-breaker.ts";
import { encodeMessage } from "./encode-message.ts";
import { withFaults } from "./fault-hook.ts";
import { addCallToken } from "./identity/call-tokens.ts";
import { isKnownWarm } from "./known-warm.ts";
import { outgoingScope, withoutCancellation } from "./request-context.ts";
import { hasNoEffect, isRepeatable, throttleOf, withRetries } from "./retry.ts";
import type { CallOptions, Client, MethodDefinition, ServiceDefinition } from "./rpc.ts";
import { defineRpcTelemetry } from "./rpc-telemetry.ts";
import { type Route, sendOnce } from "./send-call.ts";
import { toStatusError } from "./status.ts";

/** The options of a client. */
export interface ClientOptions {
  /** Milliseconds a call may take, including the cold start of the function; 10,000 by default. */
  timeoutMs?: number;
  /**
   * Milliseconds a call may take while the function is known to be warm, because it answered in the
   * last five seconds: for optional parts of a page, for which only a cold start may take longer.
   * `timeoutMs` by default.
   */
  warmTimeoutMs?: number;
  /**
   * Whether repeatable calls are retried on UNAVAILABLE; true by default. False for optional parts of a
   * page.
   */
  canRepeat?: boolean;
  /**
   * Whether responses are used again for as long as the function allows, unless RESPONSE_CACHE is `off`; false
   * by default. Such responses are frozen.
   */
  isCached?: boolean;
  /**
   * The `:authority` to send if it differs from the address: Knative's gateway routes by authority.
   */
  authority?: string;
}

// Streams and connections would keep the context in which they were opened for longer than its request.
const outsideOfRequests = AsyncLocalStorage.snapshot();

const telemetryOf = defineRpcTelemetry(
  "client",
  "How long an RPC to another function took, retries included, in seconds.",
);

/**
 * Creates a client of a service. It connects at its first call, and all clients of a function share one
 * connection. Each call has a deadline, never later than that of the request that is being answered,
 * is cancelled with that request, continues its trace, and is retried on UNAVAILABLE for
 * `retryWindowMs` if the proto declares its method idempotent or its options say that it is repeatable.
 *
 * @param address `host:port`, plaintext HTTP/2
 */
export function createClient<const D extends ServiceDefinition>(
  definition: D,
  address: string,
  options: ClientOptions = {},
): Client<D> {
  const { authority = address } = options;
  // Opened by the first call, because it would add more than a millisecond to a boot.
  let opened: GrpcClient | undefined;
  const channel = () => {
    opened ??= openChannel(address, authority);
    return opened;
  };
  const client: Record<string, unknown> = { close: () => channel().close() };
  for (const [key, method] of Object.entries(definition.methods)) {
    client[key] = prepareMethod(channel, definition.fullName, method, { ...options, authority });
  }
  return client as Client<D>;
}

function prepareMethod(
  channel: () => GrpcClient,
  service: string,
  method: MethodDefinition,
  {
    authority,
    timeoutMs = 10_000,
    warmTimeoutMs = timeoutMs,
    canRepeat = true,
    isCached = false,
  }: ClientOptions & Pick<Required<ClientOptions>, "authority">,
) {
  const telemetry = telemetryOf(service, method.name);
  const throttle = throttleOf(authority);
  const isIdempotent = isRepeatable(method);
  const serialize = (request: unknown) => encodeMessage(method.requestType, request);
  const route: Route = {
    channel,
    authority,
    path: `/${telemetry.name}`,
    serialize,
    deserialize: (bytes) => method.responseType.decode(bytes),
  };
  const breaker = new CircuitBreaker(telemetry.name, authority);
  const trialOptions = { timeoutMs: Math.min(timeoutMs, trialTimeoutMs) };

  const budget = () => (isKnownWarm(authority) ? warmTimeoutMs : timeoutMs);
  const call = async (
    request: unknown,
    options: CallOptions = {},
    onHeaders?: (headers: Metadata) => void,
    isTrial = false,
  ): Promise<unknown> => {
    const startMs = Date.now();
    const budgetMs = options.timeoutMs ?? budget();
    const scope = outgoingScope();
    const deadlineMs = Math.min(startMs + budgetMs, scope?.deadline?.getTime() ?? Infinity);
    const signal = anySignal(options.signal, scope?.signal);
    const { span, end } = telemetry.start();
    const metadata = new Metadata();
    propagation.inject(trace.setSpan(context.active(), span), metadata, metadataSetter);

    const send = async (previousAttempts: number) => {
      addCallToken(metadata, authority);
      if (previousAttempts > 0) {
        metadata.set("grpc-previous-rpc-attempts", String(previousAttempts));
        span.addEvent("retry");
        options.onRetry?.();
      }
      return withFaults(
        () => ({ side: "client", target: telemetry.name, span, signal, deadlineMs }),
        () =>
          outsideOfRequests(sendOnce, route, request, metadata, {
            deadlineMs,
            signal,
            scope,
            onHeaders,
          }),
      );
    };
    try {
      const isRepeated = canRepeat && (isIdempotent || options.isRepeatable === true);
      const limits = { startMs, deadlineMs, signal, throttle, isRepeated };
      const make = () => withRetries(send, limits);
      const guarded = {
        ...{ span, signal, startMs, make, isNeeded: canRepeat, isRepeated },
        isShortened: deadlineMs < startMs + budgetMs,
        copy: hasNoEffect(method)
          ? () => withoutCancellation(() => call(request, trialOptions, undefined, true))
          : undefined,
      };
      if (isTrial) markTrial(span);
      const response = await (isTrial ? send(0) : breaker.run(guarded));
      end("OK");
      return response;
    } catch (error) {
      const status = toStatusError(error);
      // A call that its caller cancelled has not failed.
      const isGivenUp = status.code === "CANCELLED" && signal?.aborted;
      end(status.code, isGivenUp ? undefined : status);
      throw status;
    }
  };
  const send: Call = (request, options, onHeaders) => call(request, options, onHeaders);
  if (!isCached || !hasNoEffect(method)) return send;
  const measure = (response: unknown) => encodeMessage(method.responseType, response).length;
  return cacheCalls({ telemetry, authority, serialize, measure, budgetMs: budget }, send);
}

function anySignal(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const [first, ...rest] = signals.filter((signal) => signal !== undefined);
  return first && rest.length > 0 ? AbortSignal.any([first, ...rest]) : first;
}

const metadataSetter: TextMapSetter<Metadata> = {
  set: (metadata, name, value) => metadata.set(name, value),
};
