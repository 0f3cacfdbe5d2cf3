import type { Client as GrpcClient, Metadata, StatusObject } from "@grpc/grpc-js";
import { readErrorInfo } from "./error-info.ts";
import { isAnswer, recordAnswer } from "./known-warm.ts";
import type { OutgoingScope } from "./request-context.ts";
import { parseServerTiming, serverTimingHeader } from "./server-timing.ts";
import { type StatusCode, StatusError, statusCodeOf, statusNumberOf } from "./status.ts";

const ok = 0;

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

/**
 * Sends a call once. Rejects with a StatusError. It uses the channel itself and not `makeUnaryRequest`, which
 * creates interceptors, an event emitter and a stack trace for each call.
 */
export function sendOnce(
  { channel, authority, path, serialize, deserialize }: Route,
  request: unknown,
  metadata: Metadata,
  { deadlineMs, signal, scope, onHeaders }: Bounds,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const message = serialize(request);
    let response: Buffer | undefined;
    const call = channel().getChannel().createCall(path, deadlineMs, null, null, null);
    const cancel = () => call.cancelWithStatus(statusNumberOf("CANCELLED"), "Cancelled on client");
    call.start(metadata, {
      onReceiveMetadata: (headers) => onHeaders?.(headers),
      onReceiveMessage: (bytes: Buffer) => {
        response = bytes;
      },
      onReceiveStatus: (outcome) => {
        signal?.removeEventListener("abort", cancel);
        if (scope) addColdStarts(outcome.metadata, scope);
        if (outcome.code !== ok)
          return void explainFailure(outcome, authority).then(reject, reject);
        try {
          resolve(readResponse(response, deserialize));
          recordAnswer(authority);
        } catch (error) {
          reject(error);
        }
      },
    });
    call.startRead();
    call.sendMessageWithContext({}, message);
    call.halfClose();
    if (signal?.aborted) cancel();
    else signal?.addEventListener("abort", cancel, { once: true });
  });
}

function readResponse(bytes: Buffer | undefined, deserialize: Route["deserialize"]): unknown {
  if (!bytes) throw new StatusError("INTERNAL", "the response has no message");
  try {
    return deserialize(bytes);
  } catch (cause) {
    throw new StatusError("INTERNAL", "the response is malformed", { cause });
  }
}

function addColdStarts(trailers: Metadata, { coldStarts }: OutgoingScope): void {
  for (const value of trailers.get(serverTimingHeader)) {
    coldStarts.push(...parseServerTiming(value.toString()));
  }
}

async function explainFailure(outcome: StatusObject, authority: string): Promise<StatusError> {
  const { code, message } = describeFailure(outcome, authority);
  if (isAnswer(code, outcome.metadata)) recordAnswer(authority);
  const info = await readErrorInfo(outcome.metadata);
  const cause = Object.assign(new Error(outcome.details), outcome);
  return new StatusError(code, message, { cause, info });
}

// A gateway answers 404 while it has no route to a function: it is not deployed, or none of its revisions
// is ready. That arrives as UNIMPLEMENTED, like a method that the function does not have: from Envoy
// without a message, which gRPC servers send, and from other gateways with one by grpc-js.
function describeFailure(
  { code, details }: StatusObject,
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
