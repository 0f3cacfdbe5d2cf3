import type { IncomingMessage, ServerResponse } from "node:http";
import { log } from "./log.ts";

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startMs: number;
  /** When the handler has answered; the rest is up to the client. */
  answeredMs: number | undefined;
}

/**
 * The HTTP requests that wait for their clients: for the rest of a body, or until a response is read. They
 * count as in flight. So a few connections that neither send nor read could reach the limit of requests in flight
 * and keep everyone else out. Therefore such requests are ended while the limit is reached.
 */
export class SlowClients {
  readonly #maxWaitMs: number;
  readonly #exchanges = new Set<Exchange>();
  #checkedMs = Number.NEGATIVE_INFINITY;

  /** @param maxWaitMs milliseconds that a client gets, from the head of its request and from the response on */
  constructor(maxWaitMs = 2000) {
    this.#maxWaitMs = maxWaitMs;
  }

  /** Watches a request until its response is closed. Returns a function to call when its handler has answered. */
  watch(request: IncomingMessage, response: ServerResponse): () => void {
    const exchange: Exchange = {
      ...{ request, response },
      startMs: performance.now(),
      answeredMs: undefined,
    };
    this.#exchanges.add(exchange);
    response.once("close", () => this.#exchanges.delete(exchange));
    return () => {
      exchange.answeredMs = performance.now();
    };
  }

  /**
   * Closes the connections of the requests that wait for their clients for too long. Called for each request that
   * is rejected, so it checks a few times in `maxWaitMs` only.
   */
  endOverdue(): void {
    const nowMs = performance.now();
    if (nowMs - this.#checkedMs < this.#maxWaitMs / 4) return;
    this.#checkedMs = nowMs;
    const isOverdue = (each: Exchange) => nowMs - (waitsSinceMs(each) ?? nowMs) > this.#maxWaitMs;
    const overdue = [...this.#exchanges].filter(isOverdue);
    if (overdue.length === 0) return;
    const limit = `within ${this.#maxWaitMs} ms`;
    log.warn(
      `${overdue.length} requests were ended, because their clients neither sent nor read the rest ${limit}`,
    );
    for (const { request } of overdue) request.socket.destroy();
  }
}

function waitsSinceMs({ request, startMs, answeredMs }: Exchange): number | undefined {
  // With a full buffer, Node.js itself does not read on until the handler does.
  const isSending = !request.complete && request.readableLength < request.readableHighWaterMark;
  return answeredMs ?? (isSending ? startMs : undefined);
}
