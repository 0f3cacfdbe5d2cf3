// Not imported from grpc-js: the local platform also uses this module, and does not load grpc-js.
const codeNumbers = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** A gRPC status code other than OK, by its name (gRPC core doc/statuscodes.md). */
export type StatusCode = keyof typeof codeNumbers;

/** All codes, by their numbers. */
export const statusCodes = Object.keys(codeNumbers) as readonly StatusCode[];

const codeNames = new Map<number, StatusCode>(
  Object.entries(codeNumbers).map(([name, number]) => [number, name as StatusCode]),
);

/** Why a call failed, for programs: google.rpc.ErrorInfo with the shop's domain (AIP-193). */
export interface ErrorInfo {
  /** Constant for a cause, such as `NOTHING_CHARGED`. */
  readonly reason: string;
  /** More about this failure, such as `order_id`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The error of the shop's RPCs: handlers throw it, and clients' calls reject with it. Message and info are
 * sent to the caller, so they must not contain secrets; the cause stays in this process, for the log.
 */
export class StatusError extends Error {
  /** The gRPC status code. */
  readonly code: StatusCode;
  /** Undefined if the code says enough. */
  readonly info: ErrorInfo | undefined;

  constructor(
    code: StatusCode,
    message: string,
    { info, ...options }: { cause?: unknown; info?: ErrorInfo | undefined } = {},
  ) {
    super(message, options);
    this.name = "StatusError";
    this.code = code;
    this.info = info;
  }
}

/**
 * Converts anything thrown to a status. Everything but a StatusError is a defect of this function: the
 * caller gets INTERNAL without details, which are in the cause.
 */
export function toStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  return new StatusError("INTERNAL", "internal error", { cause: error });
}

/**
 * The reason of an error by which a function rejected a call at its limit of requests in flight: the call had no
 * effect. RESOURCE_EXHAUSTED alone does not say that, since grpc-js also reports a stream that a proxy reset by it.
 */
export const overloadedReason = "OVERLOADED";

/** Whether a call was rejected before it had an effect, because the function was overloaded. */
export function isOverloaded(error: unknown): boolean {
  return error instanceof StatusError && error.info?.reason === overloadedReason;
}

/** The number of a code on the wire. */
export function statusNumberOf(code: StatusCode): number {
  return codeNumbers[code];
}

/** The name of a code on the wire; a number outside gRPC's table is UNKNOWN. */
export function statusCodeOf(number: number): StatusCode {
  return codeNames.get(number) ?? "UNKNOWN";
}

const httpStatuses: Partial<Record<StatusCode, number>> = {
  CANCELLED: 499,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** The HTTP status of a code, by the mapping in google/rpc/code.proto. */
export function httpStatusOf(code: StatusCode): number {
  return httpStatuses[code] ?? 500;
}
