import type { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { CachePolicy } from "./cache-policy.ts";
import type { RequestContext } from "./request-context.ts";

/** The codec of a message in the generated code. */
export interface MessageCodec<T> {
  /** Serializes a message, into the given writer if there is one. */
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  /** Parses a message; throws if it is malformed. */
  decode(input: BinaryReader | Uint8Array): T;
}

/** A unary method as the generated code describes it. */
export interface MethodDefinition {
  /** Its name in the proto, such as `AddItem`. */
  readonly name: string;
  /** The request message. */
  // biome-ignore lint/suspicious/noExplicitAny: each method has message types of its own
  readonly requestType: MessageCodec<any>;
  /** The response message. */
  // biome-ignore lint/suspicious/noExplicitAny: each method has message types of its own
  readonly responseType: MessageCodec<any>;
  /** Always false: the shop has unary methods only. */
  readonly requestStream: boolean;
  /** Always false. */
  readonly responseStream: boolean;
  /** Options in the proto; `idempotencyLevel` is NO_SIDE_EFFECTS or IDEMPOTENT if set. */
  readonly options: { readonly idempotencyLevel?: string };
}

/** A service as the generated code describes it (`XServiceDefinition`). */
export interface ServiceDefinition {
  /** Its name in the proto, such as `CartService`. */
  readonly name: string;
  /** Its name with the package, such as `hipstershop.CartService`. */
  readonly fullName: string;
  /** Its methods by their names in the generated code, such as `addItem`. */
  readonly methods: { readonly [method: string]: MethodDefinition };
}

/** The request message of a method. */
export type RequestOf<M extends MethodDefinition> =
  M["requestType"] extends MessageCodec<infer T> ? T : never;

/** The response message of a method. */
export type ResponseOf<M extends MethodDefinition> =
  M["responseType"] extends MessageCodec<infer T> ? T : never;

/** The context of a call, for its handler. */
export interface CallContext extends RequestContext {
  /** The full method name, such as `hipstershop.CartService/AddItem`. */
  readonly method: string;
  /**
   * Allows clients to use the response again for the same request: only for a response that depends on
   * nothing else. Without it they never do.
   */
  readonly allowCaching: (policy: CachePolicy) => void;
}

/** One function per method: it returns the response or throws a StatusError. */
export type Handlers<D extends ServiceDefinition> = {
  readonly [M in keyof D["methods"]]: (
    request: RequestOf<D["methods"][M]>,
    context: CallContext,
  ) => Promise<ResponseOf<D["methods"][M]>> | ResponseOf<D["methods"][M]>;
};

/** The options of one call of a client. */
export interface CallOptions {
  /** Milliseconds until the call fails with DEADLINE_EXCEEDED, instead of the client's setting. */
  timeoutMs?: number;
  /** Cancels the call, which then rejects with CANCELLED, as the signal of the request being answered does. */
  signal?: AbortSignal;
  /**
   * Whether the request contains an id that makes this call idempotent, so that it is retried as calls of
   * methods are that the proto declares idempotent; false by default.
   */
  isRepeatable?: boolean;
  /** Whether the call is made even if a response is kept, as HTTP's `no-cache` requires; false by default. */
  isFresh?: boolean;
  /** Called before each attempt after the first, whose outcome is not known. */
  onRetry?: () => void;
}

/** One method per RPC; each rejects with a StatusError. */
export type Client<D extends ServiceDefinition> = {
  readonly [M in keyof D["methods"]]: (
    request: RequestOf<D["methods"][M]>,
    options?: CallOptions,
  ) => Promise<ResponseOf<D["methods"][M]>>;
} & {
  /** Closes the channel: running calls finish, new ones fail. */
  close(): void;
};

type UntypedHandler = (request: unknown, context: CallContext) => unknown;

/** A service and its handlers. */
export interface ServiceImplementation {
  /** The service. */
  readonly definition: ServiceDefinition;
  /** Its handlers, by the methods' names in the generated code. */
  readonly handlers: { readonly [method: string]: UntypedHandler };
  /** Who may call it; everyone who reaches the port if it is undefined. */
  readonly access?: AccessRule;
  /** Whether its calls are answered beyond the limit of requests in flight; false by default. */
  readonly isUnlimited?: boolean;
}

/** The origin of a call, for the decision whether it is accepted. */
export interface CallOrigin {
  /** The full method name, such as `hipstershop.CartService/AddItem`. */
  readonly method: string;
  /** The IP address of the connection's peer, a proxy if there is one. */
  readonly address: string;
  /** The names of the request's headers, in lower case. */
  readonly headerNames: readonly string[];
  /** The header `authorization`; undefined if the request has none. A secret. */
  readonly authorization: string | undefined;
}

/** Decides before the request is parsed; throws a StatusError, or rejects with one, to refuse the call. */
export type AccessRule = (origin: CallOrigin) => void | Promise<void>;

/** Who may call a function. */
export interface Access {
  /** For its gRPC services that have no rule of their own; health checks are exempt. */
  readonly calls: AccessRule;
  /** For its HTTP handler; health checks are exempt. */
  readonly requests: AccessRule;
}

/** Binds handlers to a service; the compiler checks that each method has one. */
export function implement<D extends ServiceDefinition>(
  definition: D,
  handlers: Handlers<D>,
  options: Pick<ServiceImplementation, "access" | "isUnlimited"> = {},
): ServiceImplementation {
  return { definition, handlers: handlers as ServiceImplementation["handlers"], ...options };
}
