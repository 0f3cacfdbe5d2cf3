import type { ServerResponse } from "node:http";
import { ActiveLimit } from "./active-limit.ts";

interface Waiting {
  readonly response: ServerResponse;
  readonly sinceMs: number;
  readonly settle: (mayStart: boolean) => void;
}

const tickMs = 10;
const maxWaitMs = 500;
// More requests than one per this time are more than a saturated process answers.
const freshMs = 5;

/**
 * Starts HTTP requests: at once while the CPU has time, and a few at a time while it is saturated, so that
 * these are answered in time. The others wait, the oldest first. They count as in flight, so that an
 * autoscaler which aims at a number of requests in flight starts another instance.
 *
 * Only at the limit of requests in flight are requests rejected: a new one if another one has just arrived, or
 * else the one that waits for longest. Until no request waits, the newest one starts first, and none waits for
 * longer than 500 ms.
 * Answers to the oldest would come too late ("adaptive LIFO": B. Maurer, Fail at Scale, ACM Queue 13/8).
 */
export class RequestQueue {
  readonly #limit: Pick<ActiveLimit, "max" | "update">;
  readonly #waiting: Waiting[] = [];
  #activeCount = 0;
  #endedCount = 0;
  #isNewestFirst = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: Pick<ActiveLimit, "max" | "update"> = new ActiveLimit()) {
    this.#limit = limit;
  }

  /**
   * Lets a request start, which ends when its response is closed: undefined if it may start now. Otherwise
   * resolves with true when it may or its client has disconnected, or with false if it is rejected.
   */
  enter(response: ServerResponse): Promise<boolean> | undefined {
    this.#timer ??= this.#startTicking();
    if (this.#activeCount < this.#limit.max) {
      this.#start(response);
      return undefined;
    }
    const { promise, resolve: settle } = Promise.withResolvers<boolean>();
    const waiting = { response, sinceMs: performance.now(), settle };
    this.#waiting.push(waiting);
    response.once("close", () => {
      const index = this.#waiting.indexOf(waiting);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      settle(true);
    });
    return promise;
  }

  /** Makes room for a new request by rejecting the one that waits for longest; false if the new one is rejected. */
  makeRoom(): boolean {
    const newest = this.#waiting.at(-1);
    if (!newest) return false;
    this.#isNewestFirst = true;
    if (performance.now() - newest.sinceMs < freshMs) return false;
    this.#waiting.shift()?.settle(false);
    return true;
  }

  #start(response: ServerResponse): void {
    this.#activeCount += 1;
    response.once("close", () => {
      this.#activeCount -= 1;
      this.#endedCount += 1;
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    while (this.#activeCount < this.#limit.max) {
      const next = this.#isNewestFirst ? this.#waiting.pop() : this.#waiting.shift();
      if (!next) break;
      this.#start(next.response);
      next.settle(true);
    }
    if (this.#waiting.length === 0) this.#isNewestFirst = false;
  }

  // Only while there are requests, so that the process of an idle function sleeps.
  #startTicking(): NodeJS.Timeout {
    let dueMs = performance.now() + tickMs;
    return setInterval(() => {
      const nowMs = performance.now();
      const delayMs = Math.max(0, nowMs - dueMs);
      dueMs = nowMs + tickMs;
      this.#tick(delayMs, nowMs);
    }, tickMs).unref();
  }

  #tick(delayMs: number, nowMs: number): void {
    const [activeCount, endedCount] = [this.#activeCount, this.#endedCount];
    this.#limit.update({ delayMs, activeCount, endedCount });
    this.#endedCount = 0;
    if (this.#isNewestFirst) {
      const isLate = (waiting?: Waiting) => waiting && nowMs - waiting.sinceMs > maxWaitMs;
      while (isLate(this.#waiting[0])) this.#waiting.shift()?.settle(false);
    }
    this.#startWaiting();
    if (this.#activeCount > 0 || this.#waiting.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
