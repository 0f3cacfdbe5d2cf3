import type { Manifest } from "#manifest/manifest.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { type CloudEvent, EventError, readEvent, writeEvent } from "./cloud-event.ts";

/** A function, of which the broker needs the subscriptions. */
export type Subscriber = Pick<Manifest, "name" | "deploy">;

/** What the broker needs. */
export interface BrokerOptions {
  /** The functions; those with subscriptions get events. */
  manifests: readonly Subscriber[];
  /** The URL of a function's port on this platform. */
  urlOf: (name: string) => string;
  /** Where dead letters are reported. */
  log: PlatformLog;
  /** Delays before the second and each later attempt, in milliseconds. */
  retryDelaysMs?: readonly number[];
}

/** What became of the events so far. */
export interface BrokerCounters {
  /** Events that were answered with 202. */
  accepted: number;
  /** Deliveries that a subscriber acknowledged. */
  delivered: number;
  /** Attempts beyond the first. */
  retried: number;
  /** Deliveries that were given up. */
  deadLettered: number;
}

const defaultRetryDelaysMs = [200, 500, 1000, 2000, 5000];
const attemptTimeoutMs = 30_000;
const mostPending = 1000;

/**
 * The event broker: takes CloudEvents over HTTP and delivers each to the functions whose manifest
 * subscribes to it, through their activator, at least once. It holds events in memory alone.
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #abort = new AbortController();
  readonly #pending = new Set<Promise<void>>();
  readonly #counters: BrokerCounters = { accepted: 0, delivered: 0, retried: 0, deadLettered: 0 };

  constructor(options: BrokerOptions) {
    this.#options = options;
  }

  /** The counters at this moment. */
  get counters(): Readonly<BrokerCounters> {
    return { ...this.#counters };
  }

  /**
   * Takes an event and begins to deliver it.
   *
   * @throws EventError with the HTTP status to answer, when it is no CloudEvent or too much waits
   */
  accept(headers: NodeJS.Dict<string | string[]>, body: Buffer): void {
    const event = readEvent(headers, body);
    const subscribers = this.#options.manifests.filter((manifest) => wants(manifest, event));
    if (this.#pending.size + subscribers.length > mostPending) {
      throw new EventError(503, `${mostPending} deliveries wait already: try again later`);
    }
    this.#counters.accepted += 1;
    for (const { name } of subscribers) {
      const delivery = this.#deliver(name, event).finally(() => this.#pending.delete(delivery));
      this.#pending.add(delivery);
    }
  }

  /** Gives up what waits for another attempt; each is reported as a dead letter. */
  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#pending);
  }

  async #deliver(name: string, event: CloudEvent): Promise<void> {
    const { log, retryDelaysMs = defaultRetryDelaysMs } = this.#options;
    let reason = "";
    for (const delayMs of [0, ...retryDelaysMs]) {
      if (delayMs > 0) {
        await waitFor(delayMs, this.#abort.signal);
        if (this.#abort.signal.aborted) break;
        this.#counters.retried += 1;
      }
      const outcome = await this.#attempt(name, event);
      if (outcome === "delivered") {
        this.#counters.delivered += 1;
        return;
      }
      reason = outcome.reason;
      if (!outcome.again) break;
    }
    this.#counters.deadLettered += 1;
    const { id, type, source } = event.attributes;
    log.error(`event ${id} was not delivered to ${name}: ${reason}`, { id, type, source });
  }

  async #attempt(
    name: string,
    event: CloudEvent,
  ): Promise<"delivered" | { reason: string; again: boolean }> {
    const timeout = AbortSignal.timeout(attemptTimeoutMs);
    try {
      const response = await fetch(this.#options.urlOf(name), {
        method: "POST",
        headers: writeEvent(event),
        body: new Uint8Array(event.data),
        signal: AbortSignal.any([timeout, this.#abort.signal]),
      });
      await response.body?.cancel();
      if (response.ok) return "delivered";
      return { reason: `HTTP ${response.status}`, again: isWorthRetrying(response.status) };
    } catch (error) {
      const cause = error instanceof Error && error.cause ? error.cause : error;
      return { reason: cause instanceof Error ? cause.message : String(cause), again: true };
    }
  }
}

function wants({ deploy }: Subscriber, event: CloudEvent): boolean {
  return deploy.subscriptions.some(({ filters }) =>
    Object.entries(filters).every(([name, value]) => event.attributes[name] === value),
  );
}

// Knative Eventing retries on these, and no other answer below 500.
function isWorthRetrying(status: number): boolean {
  return status >= 500 || [404, 408, 409, 429].includes(status);
}

function waitFor(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
