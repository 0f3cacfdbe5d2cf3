import { type Context, context, createContextKey } from "@opentelemetry/api";
import type { WaitUntil } from "./background-work.ts";
import type { ColdStart } from "./server-timing.ts";

/** The context of a request, gRPC or HTTP: the `context` argument of its handler. */
export interface RequestContext {
  /** Aborts when the caller cancels or its deadline passes. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting; undefined if it sent no deadline. */
  readonly deadline: Date | undefined;
  /**
   * The cold starts that the request has caused so far, in the order in which they were reported: its
   * own function's, then those behind its outgoing calls.
   */
  readonly coldStarts: readonly ColdStart[];
  /** Registers work that continues after the response. */
  readonly waitUntil: WaitUntil;
}

/** The values that the outgoing calls of a request inherit from it. */
export interface OutgoingScope {
  /** The latest deadline of the outgoing calls; undefined if the request has none. */
  readonly deadline: Date | undefined;
  /** Cancels the outgoing calls. */
  readonly signal: AbortSignal | undefined;
  /** The request's list, to which each outgoing call appends the cold starts behind it. */
  readonly coldStarts: ColdStart[];
  /** Registers work that continues after the request; undefined if that ends with the process. */
  readonly waitUntil?: WaitUntil | undefined;
}

/**
 * The key of the OutgoingScope in OpenTelemetry's context, which is propagated through the asynchronous
 * work of a request and is the runtime's only implicit state. It contains the values that outgoing calls
 * need: the trace context (under the API's own keys) and the OutgoingScope. Handlers get the same values
 * as their `context` argument. Servers set the scope (`runInScope`), and only clients read it
 * (`outgoingScope`).
 */
const scopeKey = createContextKey("hipstershop outgoing scope");

/**
 * Runs a handler: the calls that it makes inherit from the scope; they inherit nothing if it is undefined.
 *
 * @param parent the trace context, the current one by default
 */
export function runInScope<T>(
  scope: OutgoingScope | undefined,
  work: () => T,
  parent: Context = context.active(),
): T {
  return context.with(parent.setValue(scopeKey, scope), work);
}

/** The scope that a call made now inherits; undefined outside of a request. For clients only. */
export function outgoingScope(): OutgoingScope | undefined {
  return context.active().getValue(scopeKey) as OutgoingScope | undefined;
}

/**
 * Runs work that must finish even if the caller has cancelled or its deadline has passed, such as the steps
 * after a card was charged: outgoing calls have only their client's own deadline. They stay in the
 * request's trace and report their cold starts to it.
 */
export function withoutCancellation<T>(work: () => Promise<T>): Promise<T> {
  const { coldStarts = [], waitUntil } = outgoingScope() ?? {};
  return runInScope({ deadline: undefined, signal: undefined, coldStarts, waitUntil }, work);
}
