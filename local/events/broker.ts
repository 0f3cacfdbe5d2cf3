import type { IncomingHttpHeaders } from "node:http";
import type { CloudEvent } from "cloudevents";
import type { Manifest } from "#manifest/manifest.ts";
import { RequestError } from "#runtime/request-error.ts";
import type { PlatformLog } from "../log/platform-log.ts";

/** A function with its subscriptions. */
export type Subscriber = Pick<Manifest, "name" | "deploy">;

/** The options of a broker. */
export interface BrokerOptions {
  /** The functions; those with subscriptions receive events. */
  manifests: readonly Subscriber[];
  /** Returns the URL of a function's activator. */
  urlOf: (name: string) => string;
  /** The log to which dead letters are written. */
  log: PlatformLog;
  /** Delays before the second and each later attempt, in milliseconds; by default 200 to 5,000. */
  retryDelaysMs?: readonly number[];
}

/** Counts since the start of the platform. */
export interface BrokerCounters {
  /** Events that were answered with 202. */
  accepted: number;
  /** Deliveries that a subscriber acknowledged. */
  delivered: number;
  /** Attempts beyond the first. */
  retried: number;
  /** Deliveries that failed at the last attempt. */
  deadLettered: number;
}

const defaultRetryDelaysMs = [200, 500, 1000, 2000, 5000];
const attemptTimeoutMs = 30_000;
const maxPending = 1000;

/**
 * The event broker: accepts CloudEvents over HTTP and delivers each at least once to the functions whose
 * manifest subscribes to it, through their activator. Events are kept in memory only.
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
   * Accepts an event and starts to deliver it.
   *
   * @throws RequestError as `readEvent` does, and 503 while too many deliveries are pending
   */
  async accept(headers: IncomingHttpHeaders, body: Buffer): Promise<void> {
    // Loaded at the first event: the platform starts without OpenTelemetry and the cloudevents package.
    const { readEvent } = await import("#runtime/cloud-event.ts");
    const event = await readEvent(headers, body);
    const subscribers = this.#options.manifests.filter((manifest) => wants(manifest, event));
    if (this.#pending.size + subscribers.length > maxPending) {
      throw new RequestError(503, `${maxPending} deliveries are pending: try again later`);
    }
    this.#counters.accepted += 1;
    for (const { name } of subscribers) {
      const delivery = this.#deliver(name, event).finally(() => this.#pending.delete(delivery));
      this.#pending.add(delivery);
    }
  }

  /** Aborts all deliveries; each pending one is reported as a dead letter. */
  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#pending);
  }

  async #deliver(name: string, event: CloudEvent<unknown>): Promise<void> {
    const { urlOf, log, retryDelaysMs = defaultRetryDelaysMs } = this.#options;
    const { deliverEvent } = await import("#runtime/deliver-event.ts");
    try {
      await deliverEvent(new URL(urlOf(name)), event, {
        timeoutMs: attemptTimeoutMs,
        pausesMs: retryDelaysMs,
        signal: this.#abort.signal,
        onRetry: () => {
          this.#counters.retried += 1;
        },
      });
      this.#counters.delivered += 1;
    } catch (error) {
      this.#counters.deadLettered += 1;
      const { id, type, source } = event;
      const reason = error instanceof Error ? error.message : String(error);
      log.error(`event ${id} was not delivered to ${name}: ${reason}`, { id, type, source });
    }
  }
}

function wants({ deploy }: Subscriber, event: CloudEvent<unknown>): boolean {
  return deploy.subscriptions.some(({ filters }) =>
    Object.entries(filters).every(([name, value]) => event[name] === value),
  );
}
