import type { ServerOptions } from "node:http";

/** The time limits of a connection and of a drain, in milliseconds. */
export interface ConnectionLimits {
  /**
   * From the connection to the bytes that show its protocol: one byte of an HTTP/1.1 request, or the
   * whole preface of HTTP/2. Clients send them at once. Browsers open connections in advance; they
   * open another one if a request comes later.
   */
  readonly firstBytesMs: number;
  /** From the first byte of an HTTP/1.1 request to the end of its head, which usually fits into one packet. */
  readonly headMs: number;
  /**
   * From the first byte of a request to its last one, head included, for HTTP/1.1 and for each HTTP/2
   * stream: long enough for the largest body (5 MiB of spans) at 1.4 Mbit/s. The response is not included
   * and is not limited here.
   */
  readonly requestMs: number;
  /**
   * The time without a request after which an HTTP/1.1 connection is closed (keep-alive). It is longer than
   * the 90 s after which Go's transport, and therefore queue-proxy, closes an idle connection: a server that
   * closes first may drop a request that was already sent.
   */
  readonly keepAliveMs: number;
  /**
   * The time without a call in flight after which an HTTP/2 connection is closed, with GOAWAY if it has had a
   * call. It is longer than most pauses between a visitor's requests; a new connection takes about a millisecond.
   */
  readonly idleMs: number;
  /**
   * How long the shop's gRPC clients keep a channel without a call. grpc-js closes its connection up to
   * 10 s later. That must be before the server's `idleMs`: a call that races with the server's GOAWAY may
   * fail.
   */
  readonly clientIdleMs: number;
  /** How often Node.js checks for HTTP/1.1 requests beyond `headMs` and `requestMs`. */
  readonly checkMs: number;
  /** How long an HTTP/2 connection stays open after `idleMs`, so that the peer can close it after GOAWAY. */
  readonly lingerMs: number;
  /**
   * From SIGTERM until connections with requests in flight are closed; background work and the last spans
   * follow. On Knative, queue-proxy delays SIGTERM by 30 s, in which requests end, and the pod is killed 60 s
   * after its termination starts (`timeoutSeconds`).
   */
  readonly drainMs: number;
}

/**
 * The limits of every port. A connection that sends nothing, part of a request, or the preface of HTTP/2
 * alone is closed within 60 s.
 */
export const connectionLimits: ConnectionLimits = {
  firstBytesMs: 10_000,
  headMs: 15_000,
  requestMs: 30_000,
  keepAliveMs: 95_000,
  idleMs: 40_000,
  clientIdleMs: 25_000,
  checkMs: 5000,
  lingerMs: 5000,
  drainMs: 30_000,
};

/**
 * The limits as options of `http.createServer`. Node.js enforces them from the server's `listening` event
 * on: a server that is fed by `emit("connection")` needs `emit("listening")`, too.
 */
export function httpServerOptions(limits: ConnectionLimits): ServerOptions {
  return {
    noDelay: true,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
  };
}
