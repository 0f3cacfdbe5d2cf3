/** No instance is available; the message is the reason, and may be sent to a caller. */
export class FunctionUnavailable extends Error {
  /** Milliseconds after which another attempt may succeed. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FunctionUnavailable";
    this.retryAfterMs = retryAfterMs;
  }
}
