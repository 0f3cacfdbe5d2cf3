import { Metadata, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { type Call, currentCall } from "./call.ts";
import { isAnswer, isKnownWarm, recordAnswer } from "./known-warm.ts";
import type { CallOptions, Client, MethodDefinition, ServiceDefinition } from "./rpc.ts";
import { defineRpcDuration } from "./rpc-duration.ts";
import { parseServerTiming, serverTimingHeader } from "./server-timing.ts";
import { type SharedChannel, shareChannel } from "./shared-channel.ts";
import { StatusError, statusCodeOf } from "./status.ts";
import { tracer } from "./tracing.ts";

/** How long a client waits. */
export interface ClientOptions {
  /** Milliseconds a call may take, the callee's cold start included; 10,000 by default. */
  timeoutMs?: number;
  /**
   * Milliseconds a call may take while the callee is known to be warm, because it answered within
   * the last five seconds: for parts of a page that are not worth waiting for, but must survive a
   * cold start. `timeoutMs` by default.
   */
  warmTimeoutMs?: number;
  /**
   * The `:authority` to send, where it is not the address: a gateway that is dialled by its own
   * address routes by it, as Knative's does.
   */
  authority?: string;
}

const observeMethod = defineRpcDuration({
  name: "rpc_client_duration_seconds",
  help: "How long an RPC to another function took, retries included, in seconds.",
});

/**
 * Makes a client of a service. Connecting waits for the first call, and all clients of a function share
 * its connection. Each call carries a deadline, never later than that of the call which is being
 * answered, is cancelled with it, continues its trace, and is repeated on UNAVAILABLE if the proto
 * says that it may be.
 *
 * @param address `host:port`, plaintext HTTP/2
 */
export function createClient<const D extends ServiceDefinition>(
  definition: D,
  address: string,
  options: ClientOptions = {},
): Client<D> {
  const { authority = address } = options;
  const channel = shareChannel(address, authority, definition);
  const client: Record<string, unknown> = { close: () => channel.close() };
  for (const [key, method] of Object.entries(definition.methods)) {
    client[key] = prepareMethod(channel, definition.fullName, method, { ...options, authority });
  }
  return client as Client<D>;
}

function prepareMethod(
  channel: SharedChannel,
  service: string,
  method: MethodDefinition,
  {
    authority,
    timeoutMs = 10_000,
    warmTimeoutMs = timeoutMs,
  }: ClientOptions & Pick<Required<ClientOptions>, "authority">,
) {
  const path = `/${service}/${method.name}`;
  const name = path.slice(1);
  const attributes = { "rpc.system.name": "grpc", "rpc.method": name };
  const observe = observeMethod(service, method.name);
  const serialize = (request: unknown) => Buffer.from(method.requestType.encode(request).finish());
  const deserialize = (bytes: Buffer): unknown => method.responseType.decode(bytes);

  return (request: unknown, options: CallOptions = {}): Promise<unknown> => {
    const startMs = performance.now();
    const budgetMs = options.timeoutMs ?? (isKnownWarm(authority) ? warmTimeoutMs : timeoutMs);
    const parent = currentCall();
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
    const metadata = new Metadata();
    propagation.inject(trace.setSpan(context.active(), span), metadata, metadataSetter);
    const deadline = Math.min(Date.now() + budgetMs, parent?.deadlineMs ?? Infinity);

    return new Promise((resolve, reject) => {
      const finish = (error: ServiceError | null, response: unknown) => {
        const code = error ? statusCodeOf(error.code) : "OK";
        if (isAnswer(code, error?.metadata)) recordAnswer(authority);
        observe(code, (performance.now() - startMs) / 1000, span.spanContext());
        endSpan(span, code, error, parent?.signal?.aborted);
        if (error)
          reject(new StatusError(statusCodeOf(error.code), error.details, { cause: error }));
        else resolve(response);
      };
      const call = channel
        .open()
        .makeUnaryRequest(path, serialize, deserialize, request, metadata, { deadline }, finish);
      if (parent) inherit(call, parent);
    });
  };
}

interface ClientCall {
  cancel(): void;
  on(event: "status", listener: (status: StatusObject) => void): unknown;
}

function inherit(call: ClientCall, parent: Call): void {
  const cancel = () => call.cancel();
  const signal = parent.signal;
  if (signal?.aborted) cancel();
  else signal?.addEventListener("abort", cancel, { once: true });
  call.on("status", ({ metadata }) => {
    signal?.removeEventListener("abort", cancel);
    for (const value of metadata.get(serverTimingHeader)) {
      parent.coldStarts.push(...parseServerTiming(value.toString()));
    }
  });
}

function endSpan(
  span: Span,
  code: string,
  error: ServiceError | null,
  isCallerGone: boolean | undefined,
): void {
  span.setAttribute("rpc.status_code", code);
  // A call that was given up because nobody waits for it any more has not failed.
  if (error && !(code === "CANCELLED" && isCallerGone)) {
    span.setAttribute("error.type", code);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.details });
  }
  span.end();
}

const metadataSetter: TextMapSetter<Metadata> = {
  set: (metadata, name, value) => metadata.set(name, value),
};
