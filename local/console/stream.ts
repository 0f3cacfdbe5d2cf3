import type { ServerResponse } from "node:http";

// As often as a person can follow; changes in between are told together.
const leastPauseMs = 400;
// Comments that keep the connection from looking dead.
const keepAliveMs = 15_000;

/** Pages that follow the state through server-sent events. */
export class StateStream {
  readonly #read: () => string;
  readonly #listeners = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #lastSentMs = Number.NEGATIVE_INFINITY;

  /** `read` gives the whole state as JSON. */
  constructor(read: () => string) {
    this.#read = read;
  }

  /** Sends the state now, and from now on after each change. */
  add(response: ServerResponse): void {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      connection: "close",
    });
    response.write(`retry: 1000\n\n${this.#format()}`);
    this.#listeners.add(response);
    this.#keepAlive ??= setInterval(() => this.#write(": still there\n\n"), keepAliveMs).unref();
    response.once("close", () => this.#listeners.delete(response));
  }

  /** Something has changed: tells all pages, at once or after the pause. */
  notify(): void {
    if (this.#listeners.size === 0 || this.#timer) return;
    const pauseMs = Math.max(0, this.#lastSentMs + leastPauseMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastSentMs = performance.now();
      if (this.#listeners.size > 0) this.#write(this.#format());
    }, pauseMs).unref();
  }

  /** Ends all streams. */
  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#keepAlive);
    for (const response of this.#listeners) response.end();
    // A change that comes later sets no timer any more.
    this.#listeners.clear();
  }

  #format(): string {
    return `data: ${this.#read()}\n\n`;
  }

  #write(text: string): void {
    for (const response of this.#listeners) {
      // A page that does not read gets the next state instead of a growing queue.
      if (!response.writableNeedDrain) response.write(text);
    }
  }
}
