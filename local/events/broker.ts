import type { IncomingHttpHeaders } from "node:http";
import type { CloudEvent } from "cloudevents";
import { findDeadLetterSink } from "#manifest/annotations.ts";
import { retryPausesMs } from "#manifest/delivery-policy.ts";
import type { Manifest } from "#manifest/manifest.ts";
import type { DeliveryError } from "#runtime/deliver-event.ts";
import { RequestError } from "#runtime/request-error.ts";
import type { PlatformLog } from "../log/platform-log.ts";

/** A function with its subscriptions. */
export type Subscriber = Pick<Manifest, "name" | "deploy" | "deadLetterType">;

/** The options of a broker. */
export interface BrokerOptions {
  /** The functions: those with subscriptions receive events, those with a type of dead letters these. */
  manifests: readonly Subscriber[];
  /** Returns the URL of a function's activator. */
  urlOf: (name: string) => string;
  /** The log to which undelivered events are written. */
  log: PlatformLog;
  /** Delays before the second and each later attempt, in milliseconds; by default those of Triggers. */
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

type Failure = Pick<DeliveryError, "message"> & Partial<Pick<DeliveryError, "status" | "body">>;

// The timeoutSeconds of a revision in the manifests.
const attemptTimeoutMs = 60_000;
const maxPending = 1000;

/**
 * The event broker: delivers CloudEvents at least once to the functions whose manifest subscribes to them,
 * through their activator. An event that cannot be delivered goes to the function that receives dead
 * letters of its type, with Knative's extensions for them.
 *
 * Events are kept in memory only. Therefore one is accepted after its delivery, as by Knative's in-memory
 * channel, and no accepted event is lost when the platform ends. A publisher whose event must not be lost
 * keeps it until it is accepted, which checkout's journal does anyway; a second store for the same event
 * would prevent no loss.
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #closing = new AbortController();
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
   * Delivers an event. Resolves when each subscriber, or else the receiver of dead letters, has
   * acknowledged it.
   *
   * @param signal ends the deliveries when it aborts, because the publisher has disconnected
   * @throws RequestError as `readEvent` does, and 503 if the event is not delivered or while too many
   *   deliveries are pending
   */
  async accept(headers: IncomingHttpHeaders, body: Buffer, signal?: AbortSignal): Promise<void> {
    // Loaded at the first event: the platform starts without OpenTelemetry and the cloudevents package.
    const { readEvent } = await import("#runtime/cloud-event.ts");
    const event = await readEvent(headers, body);
    const subscribers = this.#options.manifests.filter((manifest) => wants(manifest, event));
    if (this.#pending.size + subscribers.length > maxPending) {
      throw new RequestError(503, `${maxPending} deliveries are pending: try again later`);
    }
    const isOver = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    const deliveries = subscribers.map(({ name }) => {
      const delivery = this.#deliver(name, event, isOver);
      const settled = delivery.catch(() => undefined).finally(() => this.#pending.delete(settled));
      this.#pending.add(settled);
      return delivery;
    });
    // All deliveries end before the answer: the publisher may send the event again at once.
    const failed = (await Promise.allSettled(deliveries)).find(
      (each) => each.status === "rejected",
    );
    if (failed) throw failed.reason;
    this.#counters.accepted += 1;
  }

  /** Aborts all deliveries; their events are not accepted. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#pending);
  }

  async #deliver(name: string, event: CloudEvent<unknown>, signal: AbortSignal): Promise<void> {
    try {
      await this.#send(name, event, signal);
      this.#counters.delivered += 1;
    } catch (error) {
      const failure = error as Failure;
      const { id, type, source } = event;
      const message = `event ${id} was not delivered to ${name}: ${failure.message}`;
      if (signal.aborted) throw new RequestError(503, message);
      this.#counters.deadLettered += 1;
      this.#options.log.error(message, { id, type, source });
      await this.#sendDeadLetter(name, event, failure, signal);
    }
  }

  async #sendDeadLetter(
    name: string,
    event: CloudEvent<unknown>,
    { status = 500, body = Buffer.alloc(0), message }: Failure,
    signal: AbortSignal,
  ): Promise<void> {
    const { manifests, urlOf, log } = this.#options;
    const sink = findDeadLetterSink(manifests, event.type);
    if (!sink) throw new RequestError(503, message);
    // The extensions and their values are those of Knative's channels.
    const reason = body.length > 0 ? body : Buffer.from(`dispatch error: ${message}`);
    const deadLetter = event.cloneWith({
      knativeerrordest: urlOf(name),
      knativeerrorcode: String(status),
      knativeerrordata: reason.toString("base64"),
    });
    try {
      await this.#send(sink.name, deadLetter, signal);
    } catch (error) {
      const text = `dead letter ${event.id} was not delivered to ${sink.name}: ${(error as Error).message}`;
      log.error(text, { id: event.id, type: event.type, source: event.source });
      throw new RequestError(503, text);
    }
  }

  async #send(name: string, event: CloudEvent<unknown>, signal: AbortSignal): Promise<void> {
    const { urlOf, retryDelaysMs = retryPausesMs } = this.#options;
    const { deliverEvent } = await import("#runtime/deliver-event.ts");
    await deliverEvent(new URL(urlOf(name)), event, {
      timeoutMs: attemptTimeoutMs,
      pausesMs: retryDelaysMs,
      signal,
      onRetry: () => {
        this.#counters.retried += 1;
      },
    });
  }
}

function wants({ deploy }: Subscriber, event: CloudEvent<unknown>): boolean {
  return deploy.subscriptions.some(({ filters }) =>
    Object.entries(filters).every(([name, value]) => event[name] === value),
  );
}
