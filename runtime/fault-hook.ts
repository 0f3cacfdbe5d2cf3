import type { ServerResponse } from "node:http";
import type { Span } from "@opentelemetry/api";

/** A call of this process into which a fault can be injected. */
export interface FaultPoint {
  /** `server` for a request that is answered here, `client` for a call or an event that is sent. */
  readonly side: "server" | "client";
  /** `hipstershop.PaymentService/Charge`, `POST /cart/checkout`, or an event's type. */
  readonly target: string;
  /** The call's span, which is marked; undefined if it has none. */
  readonly span: Span | undefined;
  /** Aborts when the caller no longer waits; undefined if it waits until the deadline. */
  readonly signal: AbortSignal | undefined;
  /** When an outgoing call fails with DEADLINE_EXCEEDED, in epoch milliseconds; undefined for never. */
  readonly deadlineMs?: number;
}

/** A request over HTTP that is answered here. */
export interface HttpFaultPoint extends FaultPoint {
  /** The response to the request. */
  readonly response: ServerResponse;
  /** Sets the route of the request for its span and metric. */
  readonly setRoute: (route: string) => void;
}

/** Does work with the faults that the rules select for it. */
export interface FaultInjector {
  /** Does the work of an RPC or of sending an event. Rejects with the work's error or an injected StatusError. */
  call<T>(point: FaultPoint, work: () => T | Promise<T>): Promise<T>;
  /** Answers a request over HTTP: by the work, or by an injected status instead of it. */
  request(point: HttpFaultPoint, work: () => void | Promise<void>): Promise<void>;
}

// For the whole process, as a client has no scope. The code that injects is loaded only if there are
// rules: without rules a call costs one comparison.
let current: FaultInjector | undefined;

/** Does the work of an RPC or of sending an event, with the faults of the process. */
export function withFaults<T>(
  describe: () => FaultPoint,
  work: () => T | Promise<T>,
): T | Promise<T> {
  return current ? current.call(describe(), work) : work();
}

/** Answers a request over HTTP, with the faults of the process. */
export function withHttpFaults(
  describe: () => HttpFaultPoint,
  work: () => void | Promise<void>,
): void | Promise<void> {
  return current ? current.request(describe(), work) : work();
}

/** Replaces the injector of this process; undefined ends all injection. */
export function setFaultInjector(injector: FaultInjector | undefined): void {
  current = injector;
}
