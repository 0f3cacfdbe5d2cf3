import {
  type ServiceDefinition as GrpcServiceDefinition,
  type Metadata,
  Server,
  ServerInterceptingCall,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { context, propagation, type TextMapGetter, trace } from "@opentelemetry/api";
import { cacheHeadersOf } from "./cache-policy.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeMessage } from "./encode-message.ts";
import { withFaults } from "./fault-hook.ts";
import {
  type AnsweredCall,
  describeCall,
  describeOrigin,
  requireCaller,
  timingTrailers,
  toGrpcFailure,
} from "./grpc-call.ts";
import { requestRoot } from "./linked-context.ts";
import { log } from "./log.ts";
import { maxMessageBytes } from "./max-message.ts";
import { runInScope } from "./request-context.ts";
import { type RequestScope, reportColdStart } from "./request-scope.ts";
import type { AccessRule, CallContext, MethodDefinition, ServiceImplementation } from "./rpc.ts";
import { defineRpcTelemetry } from "./rpc-telemetry.ts";
import { formatServerTiming } from "./server-timing.ts";
import { type StatusCode, StatusError, toStatusError } from "./status.ts";
import { describeUnaryMethod, UnaryCall } from "./unary-call.ts";

type Handler = (request: unknown, context: CallContext) => unknown;
type Answer = (call: UnaryCall) => void;

const telemetryOf = defineRpcTelemetry(
  "server",
  "How long the function took to answer an RPC, in seconds.",
);

/** Creates a gRPC server for the services' unary methods; it does not open a port. */
export function createGrpcServer(
  services: readonly ServiceImplementation[],
  scope: RequestScope,
): Server {
  const answers = new Map<string, Answer>();
  const intercept: ServerInterceptor = ({ path }, call) => {
    const answer = answers.get(path);
    return answer ? new UnaryCall(call, answer) : new ServerInterceptingCall(call);
  };
  const server = new Server({
    interceptors: [intercept],
    "grpc.enable_channelz": 0,
    // Above the limit, so that further calls are rejected and do not wait in the client.
    "grpc.max_concurrent_streams": 2 * scope.limit.max,
    "grpc.max_receive_message_length": maxMessageBytes,
  });
  for (const { definition, handlers, access, isUnlimited = false } of services) {
    const grpcMethods: Record<string, GrpcServiceDefinition[string]> = {};
    const unreachedHandlers: Record<string, () => void> = {};
    for (const [key, method] of Object.entries(definition.methods)) {
      const handler = handlers[key];
      if (!handler) throw new Error(`${definition.fullName} has no handler for ${method.name}`);
      const grpcMethod = describeUnaryMethod(`/${definition.fullName}/${method.name}`);
      grpcMethods[key] = grpcMethod;
      // grpc-js knows the method by it, and does not call it: the interceptor answers.
      unreachedHandlers[key] = () => undefined;
      const answer = answerUnary(definition.fullName, method, handler, scope, access);
      answers.set(
        grpcMethod.path,
        isUnlimited ? answer : limitCalls(definition.fullName, method, scope, answer),
      );
    }
    server.addService(grpcMethods, unreachedHandlers);
  }
  return server;
}

function answerUnary(
  service: string,
  method: MethodDefinition,
  handler: Handler,
  scope: RequestScope,
  access: AccessRule | undefined,
): Answer {
  const telemetry = telemetryOf(service, method.name);
  const { name } = telemetry;

  const answer = async (call: UnaryCall): Promise<void> => {
    const startedAt = { epochMs: Date.now(), monotonicMs: performance.now() };
    scope.inFlight.start();
    if (scope.telemetry.pending) await scope.telemetry.pending;
    const parent = propagation.extract(requestRoot, call.metadata, metadataGetter);
    const { span, end } = telemetry.start(parent, startedAt);
    const active = trace.setSpan(parent, span);
    const answered = describeCall(call, name, scope.background.waitUntil);
    reportColdStart(scope, span, answered.coldStarts);
    let failure: StatusError | undefined;
    try {
      if (access) await access(describeOrigin(call, name));
      const work = () => handle(call.request, method, handler, answered);
      const handled = runInScope(answered, work, active);
      // Most handlers answer at once, and each await costs time.
      const response = handled instanceof Promise ? await handled : handled;
      const bytes = encodeMessage(method.responseType, response);
      failure = answered.loss;
      const { cachePolicy } = answered;
      const trailers = timingTrailers(formatServerTiming(answered.coldStarts));
      call.succeed(bytes, cachePolicy && cacheHeadersOf(cachePolicy), trailers);
    } catch (error) {
      const status = toStatusError(error);
      failure = answered.loss ?? status;
      context.with(active, () => logFailure(name, status));
      call.fail(await toGrpcFailure(status, formatServerTiming(answered.coldStarts)));
    } finally {
      answered.end();
      if (failure) end(failure.code, failure, serverErrors.has(failure.code));
      else end("OK");
      scope.inFlight.end();
    }
  };
  return (call) => {
    answer(call).catch(async (error: unknown) => {
      log.error(`${name} could not be answered`, { error });
      call.fail(await toGrpcFailure(toStatusError(error), ""));
    });
  };
}

/** Rejects calls beyond the limit of the scope before they are traced and decoded. */
function limitCalls(
  service: string,
  method: MethodDefinition,
  { limit, slowClients }: RequestScope,
  answer: Answer,
): Answer {
  const telemetry = telemetryOf(service, method.name);
  return (call) => {
    if (!limit.isReached) return answer(call);
    slowClients.endOverdue();
    limit.recordRejection("grpc");
    const { status } = limit;
    telemetry.reject(status.code);
    // A rejection that nobody handles would end the process.
    const withoutInfo = () => toGrpcFailure(new StatusError(status.code, status.message), "");
    void toGrpcFailure(status, "")
      .catch(withoutInfo)
      .then((failure) => call.fail(failure));
  };
}

function handle(
  bytes: Buffer,
  method: MethodDefinition,
  handler: Handler,
  answered: AnsweredCall,
): unknown {
  const request = decodeRequest(method, answered.method, bytes);
  // A fault is a part of the handler: after a latency it runs, whether or not its caller still waits.
  const run = () =>
    withFaults(
      () => ({
        side: "server",
        target: answered.method,
        span: trace.getActiveSpan(),
        signal: answered.signal,
      }),
      () => handler(request, answered),
    );
  if (method.options.idempotencyLevel === "NO_SIDE_EFFECTS") return run();
  return requireCaller(answered).then(run);
}

// The codes that are errors of a server span (OpenTelemetry's semantic conventions for gRPC); the others
// are errors of the caller.
const serverErrors: ReadonlySet<StatusCode> = new Set([
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
]);

function logFailure(name: string, status: StatusError): void {
  const fields = { rpc_method: name, grpc_code: status.code, error: status.cause };
  if (status.code === "INTERNAL" || status.code === "UNKNOWN" || status.code === "DATA_LOSS") {
    log.error(`${name} failed: ${status.message}`, fields);
  } else {
    log.info(`${name} answered ${status.code}: ${status.message}`, { ...fields, error: undefined });
  }
}

const metadataGetter: TextMapGetter<Metadata> = {
  get: (metadata, name) => metadata.get(name)[0]?.toString(),
  keys: (metadata) => Object.keys(metadata.getMap()),
};
