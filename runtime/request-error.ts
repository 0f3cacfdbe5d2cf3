import { httpStatusOf, toStatusError } from "./status.ts";

/** The error of an HTTP request. The message is sent to the client. */
export class RequestError extends Error {
  /** The HTTP status of the answer: 4xx or 5xx. */
  readonly status: number;

  constructor(status: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "RequestError";
    this.status = status;
  }
}

/**
 * Converts anything thrown to the error of an HTTP request. A StatusError keeps its message; any other
 * error becomes status 500 without details, and is kept as the cause.
 */
export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const { code, message, cause } = toStatusError(error);
  return new RequestError(httpStatusOf(code), message, { cause });
}
