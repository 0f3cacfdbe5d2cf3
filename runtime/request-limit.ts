import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { InFlight } from "./in-flight.ts";
import { log } from "./log.ts";
import { defaultMaxRequests, maxRequestsVariable } from "./max-requests.ts";
import { counter } from "./metrics.ts";
import { overloadedReason, StatusError } from "./status.ts";

const rejected = counter({
  name: "server_requests_rejected_total",
  help: "Requests that the function rejected because too many were in flight.",
  labels: ["protocol"],
});

const logEveryMs = 10_000;

/**
 * The limit of the requests in flight of one instance, gRPC and HTTP together. Requests beyond it are rejected
 * before they cost more than their parsing, so that an overloaded instance answers the others in time.
 */
export class RequestLimit {
  /** The maximum number of requests in flight. */
  readonly max: number;
  readonly #service: string;
  readonly #inFlight: InFlight;
  #loggedMs = Number.NEGATIVE_INFINITY;

  /** @param service the function's name, for messages */
  constructor(service: string, inFlight: InFlight, max: number = defaultMaxRequests) {
    this.#service = service;
    this.#inFlight = inFlight;
    this.max = max;
  }

  /** Whether another request may enter. */
  get isReached(): boolean {
    return this.#inFlight.count >= this.max;
  }

  /** Counts a request that is rejected. */
  recordRejection(protocol: "grpc" | "http"): void {
    rejected.inc({ protocol });
    const nowMs = performance.now();
    if (nowMs - this.#loggedMs < logEveryMs) return;
    this.#loggedMs = nowMs;
    const limit = `the maximum (${maxRequestsVariable})`;
    log.warn(`${this.max} requests are in flight, ${limit}: more are rejected`);
  }

  /** The status of a rejected call. */
  get status(): StatusError {
    const limit = `its maximum (${maxRequestsVariable})`;
    const message = `${this.#service} has ${this.max} requests in flight, ${limit}: repeat the call later`;
    return new StatusError("RESOURCE_EXHAUSTED", message, {
      info: { reason: overloadedReason, metadata: {} },
    });
  }
}

/** A complete response to rejected requests, which costs nothing to make. */
export interface BusyAnswer {
  /** Its headers. */
  readonly headers: OutgoingHttpHeaders;
  /** Its body. */
  readonly body: Buffer;
}

/**
 * Describes a response to rejected requests.
 *
 * @param type its content type
 * @param text its body; a page must not load files, because requests for them would be rejected too
 * @param headers its headers in addition to those of every rejection
 */
export function describeBusy(
  type: string,
  text: string,
  headers: OutgoingHttpHeaders = {},
): BusyAnswer {
  const body = Buffer.from(text);
  return {
    headers: {
      ...headers,
      "content-type": type,
      "content-length": body.length,
      "cache-control": "no-store",
      "retry-after": "1",
    },
    body,
  };
}

const busyText = describeBusy(
  "text/plain; charset=utf-8",
  "too many requests: try again in a second\n",
);

/** Answers a rejected HTTP request; by default with a line of text. Node.js reads and drops its body. */
export function sendBusy(response: ServerResponse, answer: BusyAnswer = busyText): void {
  response.writeHead(503, answer.headers).end(answer.body);
}
