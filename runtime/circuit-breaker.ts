import type { Span } from "@opentelemetry/api";
import type { Circuit } from "./circuit.ts";
import { MissingTokenError } from "./identity/call-tokens.ts";
import { log } from "./log.ts";
import { gaugeByLabel } from "./metrics.ts";
import { isLost } from "./retry.ts";
import { StatusError, toStatusError } from "./status.ts";

/** A call that a circuit breaker makes or refuses. */
export interface GuardedCall<T> {
  /** When it starts, in epoch milliseconds. */
  readonly startMs: number;
  /** Its span. */
  readonly span: Span;
  /** Aborts when its caller leaves; undefined if that does not end it. */
  readonly signal: AbortSignal | undefined;
  /** Whether its caller needs the response: it is not for an optional part of a page. */
  readonly isNeeded: boolean;
  /** Whether it is retried on UNAVAILABLE. */
  readonly isRepeated: boolean;
  /** Whether the deadline of its caller gives it less time than its client does. */
  readonly isShortened: boolean;
  /** Makes the call. */
  readonly make: () => Promise<T>;
  /** Makes a copy of the call that does not end with its caller; undefined if the call may have an effect. */
  readonly copy: (() => Promise<unknown>) | undefined;
}

/** Milliseconds that the copy of a call may take at most, including the cold start of the function. */
export const trialTimeoutMs = 5000;

/** The error of a call that a circuit breaker refused: it was not sent, so it certainly has no effect. */
export class CircuitOpenError extends StatusError {
  constructor(message: string) {
    super("UNAVAILABLE", message);
    this.name = "CircuitOpenError";
  }
}

// If nobody has called a method for this long, it may have recovered meanwhile: a call that is needed is
// then not refused, but is the trial.
const staleMs = 30_000;

const stateAttribute = "circuit_breaker.state";

/** Marks the span of a call that is the trial of an open circuit breaker. */
export function markTrial(span: Span): void {
  span.setAttribute(stateAttribute, "half-open");
}

// Those with a failure.
const breakers = new Set<CircuitBreaker>();

gaugeByLabel({
  name: "rpc_client_circuit_breaker_open",
  help: "1 while calls of a method fail at once because it did not answer; 0 if it answers again.",
  label: "rpc_method",
  read: async () => {
    const open = new Map<string, number>();
    for (const { method, isOpen } of breakers) {
      open.set(method, Math.max(open.get(method) ?? 0, Number(isOpen)));
    }
    return Object.fromEntries(open);
  },
});

/**
 * The circuit breaker of one method of one client. Clients of the same function do not share it, because
 * those for optional parts of a page wait less: a late answer must not end the calls of pages that can wait.
 */
export class CircuitBreaker {
  /** The full method name, such as `hipstershop.CartService/GetCart`. */
  readonly method: string;
  readonly #authority: string;
  // Loaded by the first failure, so that it does not delay a cold start.
  #circuit: Circuit | undefined;
  #failedAtMs = 0;

  /** @param authority the value of `:authority` in calls to the function */
  constructor(method: string, authority: string) {
    this.method = method;
    this.#authority = authority;
  }

  /** Whether calls are refused. */
  get isOpen(): boolean {
    return this.#circuit !== undefined && !this.#circuit.isClosed;
  }

  /**
   * Makes a call, or refuses it. While the breaker is open, one call after the other is a trial: the copy of
   * a call in the background, so that no page waits for it, or the call itself.
   *
   * @throws CircuitOpenError if the call is refused, otherwise the error of the call
   */
  async run<T>(call: GuardedCall<T>): Promise<T> {
    const circuit = this.#circuit;
    if (circuit && !circuit.isClosed) return this.#runOpen(circuit, call);
    try {
      const response = await call.make();
      circuit?.recordAnswer();
      return response;
    } catch (error) {
      await this.#recordError(call, toStatusError(error));
      throw error;
    }
  }

  async #recordError(call: GuardedCall<unknown>, error: StatusError): Promise<void> {
    if (isAnswer(error)) this.#circuit?.recordAnswer();
    // Calls at the same time fail for the same reason, such as one slow cold start: they count once.
    if (!isFailure(call, error) || call.startMs < this.#failedAtMs) return;
    this.#failedAtMs = Date.now();
    const { Circuit } = await import("./circuit.ts");
    this.#circuit ??= new Circuit();
    breakers.add(this);
    await this.#circuit.recordFailure();
    if (!this.isOpen) return;
    call.span.addEvent("circuit breaker opened");
    log.warn(`${this.#name} does not answer: calls fail at once until a trial succeeds`, { error });
  }

  #runOpen<T>(circuit: Circuit, { span, isNeeded, make, copy }: GuardedCall<T>): Promise<T> {
    const waitMs = circuit.trialAtMs - Date.now();
    const isDue = !circuit.isHalfOpen && waitMs <= 0;
    if (isDue && (!copy || (isNeeded && waitMs < -staleMs))) {
      markTrial(span);
      return this.#try(circuit, make);
    }
    // Its error is in its own span.
    if (isDue && copy) this.#try(circuit, copy).catch(() => undefined);
    span.setAttribute(stateAttribute, "open");
    const next = waitMs > 0 ? `the next trial is in ${Math.ceil(waitMs)} ms` : "a trial is running";
    const reason = "it did not answer";
    throw new CircuitOpenError(`${this.#name} is not called, because ${reason}; ${next}`);
  }

  async #try<T>(circuit: Circuit, make: () => Promise<T>): Promise<T> {
    const result = await circuit.attempt(async () => {
      try {
        return { response: await make() };
      } catch (error) {
        if (isAnswer(toStatusError(error))) return { error };
        throw error;
      }
    });
    log.info(`${this.#name} answers again`);
    if ("error" in result) throw result.error;
    return result.response;
  }

  get #name(): string {
    return `${this.method} of ${this.#authority}`;
  }
}

// Only a function itself sends an ErrorInfo, such as checkout for an order that failed.
function isAnswer(error: StatusError): boolean {
  if (error instanceof MissingTokenError) return false;
  if (error.info) return true;
  return error.code !== "CANCELLED" && error.code !== "DEADLINE_EXCEEDED" && !isLost(error);
}

function isFailure(call: GuardedCall<unknown>, error: StatusError): boolean {
  if (call.signal?.aborted || isAnswer(error)) return false;
  if (error.code === "DEADLINE_EXCEEDED") return !call.isShortened;
  // A call that is not retried fails at once, and the next one may succeed: a container that was killed
  // answers again after about a second.
  return call.isRepeated && isLost(error);
}
