import type { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { RequestContext } from "./request-context.ts";

/** How a message is written and read: what the generated code offers of each message. */
export interface MessageCodec<T> {
  encode(message: T): BinaryWriter;
  decode(input: BinaryReader | Uint8Array): T;
}

/** A unary method as the generated code describes it. */
export interface MethodDefinition {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each method has message types of its own
  readonly requestType: MessageCodec<any>;
  // biome-ignore lint/suspicious/noExplicitAny: each method has message types of its own
  readonly responseType: MessageCodec<any>;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly options: { readonly idempotencyLevel?: string };
}

/** A service as the generated code describes it (`XServiceDefinition`). */
export interface ServiceDefinition {
  readonly name: string;
  readonly fullName: string;
  readonly methods: { readonly [method: string]: MethodDefinition };
}

/** The request message of a method. */
export type RequestOf<M extends MethodDefinition> =
  M["requestType"] extends MessageCodec<infer T> ? T : never;

/** The response message of a method. */
export type ResponseOf<M extends MethodDefinition> =
  M["responseType"] extends MessageCodec<infer T> ? T : never;

/** What a handler knows about the call that it answers. */
export interface CallContext extends RequestContext {
  /** The full method name, such as `hipstershop.CartService/AddItem`. */
  readonly method: string;
}

/** One function per method: request in, response out, a thrown StatusError is the status. */
export type Handlers<D extends ServiceDefinition> = {
  readonly [M in keyof D["methods"]]: (
    request: RequestOf<D["methods"][M]>,
    context: CallContext,
  ) => Promise<ResponseOf<D["methods"][M]>> | ResponseOf<D["methods"][M]>;
};

/** What can be set for one call of a client. */
export interface CallOptions {
  /** Milliseconds until the call fails with DEADLINE_EXCEEDED, in place of the client's setting. */
  timeoutMs?: number;
  /** Cancels the call, which then rejects with CANCELLED; the caller's own signal does so, too. */
  signal?: AbortSignal;
}

/** One method per RPC; each rejects with a StatusError. */
export type Client<D extends ServiceDefinition> = {
  readonly [M in keyof D["methods"]]: (
    request: RequestOf<D["methods"][M]>,
    options?: CallOptions,
  ) => Promise<ResponseOf<D["methods"][M]>>;
} & {
  /** Closes the channel; calls that run are finished first, new ones fail. */
  close(): void;
};

type UntypedHandler = (request: unknown, context: CallContext) => unknown;

/** A service together with what answers it, for a server to mount. */
export interface ServiceImplementation {
  readonly definition: ServiceDefinition;
  readonly handlers: { readonly [method: string]: UntypedHandler };
}

/** Binds handlers to a service; the compiler checks that each method has one. */
export function implement<D extends ServiceDefinition>(
  definition: D,
  handlers: Handlers<D>,
): ServiceImplementation {
  return { definition, handlers: handlers as ServiceImplementation["handlers"] };
}
