import type { PlatformLog } from "../log/platform-log.ts";

const maxQueued = 100;
// A batch may have 5 MiB: a server that hangs must not fill the memory.
const maxQueuedLength = 16 * 1024 * 1024;
const sendTimeoutMs = 5000;

/**
 * Forwards spans to another Zipkin or Jaeger, one batch at a time. It never blocks: batches that arrive
 * while 100, or 16 MiB of text, are queued are dropped. The first loss is logged, and the recovery with the
 * number of lost batches.
 */
export class SpanForwarder {
  readonly #url: URL;
  readonly #log: PlatformLog;
  readonly #queue: string[] = [];
  readonly #abort = new AbortController();
  #sending: Promise<void> | undefined;
  // The batches since the last one that was accepted.
  #lost = 0;

  /** `url` is the address of the server, or of its `/api/v2/spans`. */
  constructor(url: URL, log: PlatformLog) {
    this.#url = url.pathname === "/" ? new URL("/api/v2/spans", url) : url;
    this.#log = log;
  }

  /** The characters of all queued batches. */
  get queuedLength(): number {
    return this.#queue.reduce((sum, { length }) => sum + length, 0);
  }

  /** Queues a batch of spans in Zipkin's JSON format. */
  send(json: string): void {
    const count = this.#queue.length;
    if (count >= maxQueued || this.queuedLength + json.length > maxQueuedLength) {
      this.#recordLoss(`${count} batches wait for it, so that others are dropped`);
      return;
    }
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
    this.#lost += this.#queue.splice(0).length;
    if (this.#lost > 0) this.#log.warn(`ZIPKIN_ENDPOINT ${this.#where}: ${this.#describeLoss()}`);
  }

  async #sendAll(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const json = this.#queue.shift();
      if (json === undefined) return;
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
    if (problem !== undefined) this.#recordLoss(problem);
    // While batches still wait, the server may be too slow, so that others are dropped.
    if (problem !== undefined || this.#lost === 0 || this.#queue.length > 0) return;
    this.#log.info(`spans reach ZIPKIN_ENDPOINT ${this.#where} again: ${this.#describeLoss()}`);
    this.#lost = 0;
  }

  #recordLoss(problem: string): void {
    this.#lost += 1;
    if (this.#lost > 1) return;
    this.#log.warn(`spans do not reach ZIPKIN_ENDPOINT ${this.#where}: ${problem}`);
  }

  #describeLoss(): string {
    return `${this.#lost} ${this.#lost === 1 ? "batch was" : "batches were"} lost`;
  }

  get #where(): string {
    return `${this.#url.protocol}//${this.#url.host}`;
  }
}
