import type { PlatformLog } from "../log/platform-log.ts";

const maxQueued = 100;
const sendTimeoutMs = 5000;

/**
 * Forwards spans to another Zipkin or Jaeger, one batch at a time. It never blocks: batches that arrive
 * while 100 are queued are dropped. A failure and the recovery are logged once each.
 */
export class SpanForwarder {
  readonly #url: URL;
  readonly #log: PlatformLog;
  readonly #queue: string[] = [];
  readonly #abort = new AbortController();
  #sending: Promise<void> | undefined;
  #failing = false;

  /** `url` is the address of the server, or of its `/api/v2/spans`. */
  constructor(url: URL, log: PlatformLog) {
    this.#url = url.pathname === "/" ? new URL("/api/v2/spans", url) : url;
    this.#log = log;
  }

  /** Queues a batch of spans in Zipkin's JSON format. */
  send(json: string): void {
    if (this.#queue.length >= maxQueued) return;
    this.#queue.push(json);
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Sends the queued batches for at most `timeoutMs`, and stops. */
  async close(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#abort.abort(), timeoutMs);
    await this.#sending;
    clearTimeout(timer);
  }

  async #sendAll(): Promise<void> {
    for (let json = this.#queue.shift(); json !== undefined; json = this.#queue.shift()) {
      if (this.#abort.signal.aborted) return;
      this.#report(await this.#post(json));
    }
  }

  /** Returns the reason of a failure; undefined if the batch was accepted. */
  async #post(body: string): Promise<string | undefined> {
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(sendTimeoutMs)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `it answered HTTP ${response.status}`;
    } catch (error) {
      const cause = error instanceof Error && error.cause ? error.cause : error;
      return cause instanceof Error ? cause.message : String(cause);
    }
  }

  #report(problem: string | undefined): void {
    const failing = problem !== undefined;
    if (failing === this.#failing) return;
    this.#failing = failing;
    const where = `${this.#url.protocol}//${this.#url.host}`;
    if (failing) this.#log.warn(`spans do not reach ZIPKIN_ENDPOINT ${where}: ${problem}`);
    else this.#log.info(`spans reach ZIPKIN_ENDPOINT ${where} again`);
  }
}
