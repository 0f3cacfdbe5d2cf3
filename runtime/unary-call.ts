import {
  type Metadata,
  type MethodDefinition,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  status as statusCodes,
} from "@grpc/grpc-js";

/** A failure in the form in which grpc-js sends it. */
export interface GrpcFailure {
  /** The number of the status code. */
  readonly code: number;
  /** The status message. */
  readonly details: string;
  /** The trailers, if any. */
  readonly metadata: Metadata | undefined;
}

/**
 * A unary call at a server, without the handlers of grpc-js. It is used as an interceptor that does not call the next
 * one. grpc-js makes a `Writable` for each call of a unary handler, and V8 keeps it until a full collection, with all that
 * it refers to: the metadata, the messages, the handler's context (see `release-listeners.ts`).
 */
export class UnaryCall extends ServerInterceptingCall {
  readonly #call: ServerInterceptingCallInterface;
  readonly #answer: (call: UnaryCall) => void;
  #metadata: Metadata | undefined;
  #request: Buffer | undefined;
  #isCancelled = false;
  #onCancelled: (() => void) | undefined;

  /**
   * @param call the call of grpc-js
   * @param answer called once, when the request is complete; it does not throw
   */
  constructor(call: ServerInterceptingCallInterface, answer: (call: UnaryCall) => void) {
    super(call);
    this.#call = call;
    this.#answer = answer;
  }

  /** Called by grpc-js, whose own listener for the method's handler is not used. */
  override start(): void {
    this.#call.start(this);
  }

  /** Called by grpc-js with the request's headers. */
  onReceiveMetadata(metadata: Metadata): void {
    this.#metadata = metadata;
    this.#call.startRead();
  }

  /** Called by grpc-js with each message. */
  onReceiveMessage(message: Buffer): void {
    if (this.#request) return void this.#refuse("more than one message");
    this.#request = message;
    this.#call.startRead();
  }

  /** Called by grpc-js after the last message. */
  onReceiveHalfClose(): void {
    if (!this.#request) return void this.#refuse("no message");
    this.#answer(this);
  }

  /** Called by grpc-js if the caller no longer waits, and at the end of each call. */
  onCancel(): void {
    this.#isCancelled = true;
    this.#onCancelled?.();
  }

  /** Whether the call was cancelled or has ended. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Calls the listener when the call is cancelled or ends; there is one listener. */
  onceCancelled(listener: () => void): void {
    this.#onCancelled = listener;
  }

  /** The request's headers. */
  get metadata(): Metadata {
    if (!this.#metadata) throw new Error("the call has not started");
    return this.#metadata;
  }

  /** The encoded request. */
  get request(): Buffer {
    if (!this.#request) throw new Error("the request is not complete");
    return this.#request;
  }

  /**
   * Answers the call. Message and status leave together: a handler of grpc-js would send the status when the message
   * has been written.
   *
   * @param bytes the encoded response
   * @param headers sent before the response
   * @param trailers sent with the status
   */
  succeed(bytes: Uint8Array, headers: Metadata | undefined, trailers: Metadata | undefined): void {
    if (headers) this.#call.sendMetadata(headers);
    this.#call.sendMessage(bytes, ignoreWritten);
    this.#call.sendStatus({
      code: statusCodes.OK,
      details: "OK",
      metadata: trailers ?? null,
    });
  }

  /** Ends the call with a failure. */
  fail({ code, details, metadata }: GrpcFailure): void {
    this.#call.sendStatus({ code, details, metadata: metadata ?? null });
  }

  #refuse(problem: string): void {
    const details = `the request of a unary call has ${problem}`;
    this.fail({ code: statusCodes.UNIMPLEMENTED, details, metadata: undefined });
  }
}

function ignoreWritten(): void {}

/**
 * Describes a unary method for grpc-js, which then passes its messages as bytes: a request that cannot be decoded is an
 * error of the caller (INVALID_ARGUMENT), but grpc-js would answer INTERNAL.
 *
 * @param path such as `/hipstershop.CartService/AddItem`
 */
export function describeUnaryMethod(path: string): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asBytes,
    requestDeserialize: asBytes,
    responseSerialize: asBytes,
    responseDeserialize: asBytes,
  };
}

function asBytes(bytes: Buffer): Buffer {
  return bytes;
}
