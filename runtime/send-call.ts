import type { Client as GrpcClient, Metadata, ServiceError, StatusObject } from "@grpc/grpc-js";
import { readErrorInfo } from "./error-info.ts";
import { isAnswer, recordAnswer } from "./known-warm.ts";
import type { OutgoingScope } from "./request-context.ts";
import { parseServerTiming, serverTimingHeader } from "./server-timing.ts";
import { type StatusCode, StatusError, statusCodeOf } from "./status.ts";

/** The values that all calls of one method share. */
export interface Route {
  /** Opens the channel at the first call. */
  readonly channel: () => GrpcClient;
  /** The value of `:authority`. */
  readonly authority: string;
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Encodes a request message. */
  readonly serialize: (request: unknown) => Buffer;
  /** Decodes a response message. */
  readonly deserialize: (bytes: Buffer) => unknown;
}

/** The limits of one attempt, and the scope to which it reports cold starts. */
export interface Bounds {
  /** The deadline in epoch milliseconds. */
  readonly deadlineMs: number;
  /** Cancels the attempt; undefined if nothing does. */
  readonly signal: AbortSignal | undefined;
  /** Gets the cold starts that the response reports; undefined outside of a request. */
  readonly scope: OutgoingScope | undefined;
  /** Gets the headers of the response, if anyone needs them. */
  readonly onHeaders?: ((headers: Metadata) => void) | undefined;
}

/** Sends a call once. Rejects with a StatusError. */
export function sendOnce(
  { channel, authority, path, serialize, deserialize }: Route,
  request: unknown,
  metadata: Metadata,
  { deadlineMs: deadline, signal, scope, onHeaders }: Bounds,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const receive = (failure: ServiceError | null, response: unknown) => {
      if (!failure) {
        recordAnswer(authority);
        return resolve(response);
      }
      const { code, message } = describeFailure(failure, authority);
      if (isAnswer(code, failure.metadata)) recordAnswer(authority);
      readErrorInfo(failure.metadata).then(
        (info) => reject(new StatusError(code, message, { cause: failure, info })),
        reject,
      );
    };
    const call = channel().makeUnaryRequest(
      path,
      serialize,
      deserialize,
      request,
      metadata,
      { deadline },
      receive,
    );
    if (onHeaders) call.on("metadata", onHeaders);
    const cancel = () => call.cancel();
    if (signal?.aborted) cancel();
    else signal?.addEventListener("abort", cancel, { once: true });
    call.on("status", ({ metadata }: StatusObject) => {
      signal?.removeEventListener("abort", cancel);
      for (const value of scope ? metadata.get(serverTimingHeader) : []) {
        scope?.coldStarts.push(...parseServerTiming(value.toString()));
      }
    });
  });
}

// A gateway answers 404 while it has no route to a function: it is not deployed, or none of its revisions
// is ready. That arrives as UNIMPLEMENTED, like a method that the function does not have: from Envoy
// without a message, which gRPC servers send, and from other gateways with one by grpc-js.
function describeFailure(
  { code, details }: ServiceError,
  authority: string,
): { code: StatusCode; message: string } {
  const status = statusCodeOf(code);
  const isMissing = status === "UNIMPLEMENTED" && details === "";
  if (!isMissing && !details.startsWith("Received HTTP status code 404")) {
    return { code: status, message: details };
  }
  const message = `${authority} has no route in the gateway: it is not ready, or its port is not named h2c: run shop status`;
  return { code: "UNAVAILABLE", message };
}
