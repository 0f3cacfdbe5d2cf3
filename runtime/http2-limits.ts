import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { constants, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { ConnectionLimits } from "./connection-limits.ts";
import { releaseListeners } from "./release-listeners.ts";

interface Connection {
  /** Streams that are open. */
  streams: number;
  /** Closes the connection after it was idle for too long. */
  readonly timer: NodeJS.Timeout;
  /** Undefined until its first stream. */
  session: Http2Session | undefined;
}

interface PartialRequest {
  readonly startMs: number;
  /** Its bytes so far. */
  bytes: number;
}

/**
 * The limits of a port's HTTP/2 connections. grpc-js does not enforce them: it waits for a request's end
 * without a limit, and keeps the bytes of every request until its end; here, beyond a maximum, the oldest
 * requests are reset. Its own limit for idle connections is not used: it reads the session's socket, a proxy, in
 * each call, and waits without a limit for the peer's end of the connection. grpc-js does not expose its streams,
 * but Node.js publishes each one on a diagnostics channel of the process. This class also prevents that an answer
 * to a stream that is already closed ends the process.
 */
export class Http2Limits {
  readonly #limits: ConnectionLimits;
  readonly #onUse: () => void;
  readonly #maxPartialBytes: number;
  readonly #connections = new Map<string, Connection>();
  // The connection of each session that has had a stream; undefined for the sessions of other servers.
  readonly #sessions = new WeakMap<Http2Session, Connection | undefined>();
  readonly #push = this.#createPush();
  // The requests that have not ended, the oldest first.
  readonly #partial = new Map<ServerHttp2Stream, PartialRequest>();
  #partialBytes = 0;
  #requestTimer: NodeJS.Timeout | undefined;

  /**
   * @param onUse called for each stream, also for those of health checks
   * @param maxPartialBytes the maximum of all requests together that have not ended
   */
  constructor(limits: ConnectionLimits, onUse: () => void, maxPartialBytes = 64 * 1024 * 1024) {
    this.#limits = limits;
    this.#onUse = onUse;
    this.#maxPartialBytes = maxPartialBytes;
    subscribe("http2.server.stream.start", this.#onStream);
  }

  /** Applies the limits to a connection, before its HTTP/2 session starts. */
  watch(socket: Socket): void {
    const { idleMs, lingerMs } = this.#limits;
    const key = keyOf(socket);
    let lingering: NodeJS.Timeout | undefined;
    const destroyIfIdle = () => {
      if (connection.streams === 0) socket.destroy();
    };
    const closeIfIdle = () => {
      if (connection.streams > 0) return;
      // It sends GOAWAY, and waits for the peer's end of the connection.
      connection.session?.close();
      lingering = setTimeout(destroyIfIdle, lingerMs).unref();
    };
    const timer = setTimeout(closeIfIdle, idleMs).unref();
    const connection: Connection = { streams: 0, timer, session: undefined };
    this.#connections.set(key, connection);
    socket.once("close", () => {
      clearTimeout(timer);
      clearTimeout(lingering);
      this.#connections.delete(key);
    });
  }

  /** Streams that are open on all connections: calls, and health watches. */
  get openStreams(): number {
    let sum = 0;
    for (const { streams } of this.#connections.values()) sum += streams;
    return sum;
  }

  /** Stops the limits; connections stay open. */
  close(): void {
    unsubscribe("http2.server.stream.start", this.#onStream);
  }

  readonly #onStream = (message: unknown): void => {
    const { stream } = message as { stream: ServerHttp2Stream };
    const connection = this.#connectionOf(stream);
    if (!connection) return;
    this.#onUse();
    connection.streams += 1;
    this.#partial.set(stream, { startMs: performance.now(), bytes: 0 });
    this.#requestTimer ??= setTimeout(this.#resetLate, this.#limits.requestMs).unref();
    stream.respond = respondInTime;
    stream.push = this.#push;
    stream.on("close", () => {
      this.#forget(stream);
      connection.streams -= 1;
      if (connection.streams === 0) connection.timer.refresh();
      releaseListeners(stream);
    });
  };

  // Not by an event: a listener of `data` would make the stream flow before grpc-js reads it. One function for all
  // streams: V8 would keep one for each stream until a full collection (see releaseListeners).
  #createPush(): ServerHttp2Stream["push"] {
    const limits = this;
    return function push(this: ServerHttp2Stream, chunk: Buffer | null) {
      if (chunk === null) limits.#forget(this);
      else limits.#count(this, chunk.length);
      return Readable.prototype.push.call(this, chunk);
    };
  }

  // By its session: a session's socket is a proxy, whose properties are slow to read.
  #connectionOf({ session }: ServerHttp2Stream): Connection | undefined {
    if (!session) return undefined;
    if (!this.#sessions.has(session)) {
      const { socket } = session;
      // Other servers of the process publish their streams on the same channel.
      const connection = this.#connections.get(keyOf(socket));
      if (connection) connection.session = session;
      this.#sessions.set(session, connection);
    }
    return this.#sessions.get(session);
  }

  // One timer for all requests, because they end in time, and a timer for each would cost more.
  readonly #resetLate = (): void => {
    this.#requestTimer = undefined;
    for (const [stream, { startMs }] of this.#partial) {
      const restMs = startMs + this.#limits.requestMs - performance.now();
      if (restMs > 0) {
        this.#requestTimer = setTimeout(this.#resetLate, restMs).unref();
        return;
      }
      this.#forget(stream);
      // CANCEL, since a response that was sent before does not end a stream whose request continues.
      stream.close(constants.NGHTTP2_CANCEL);
    }
  };

  #count(stream: ServerHttp2Stream, bytes: number): void {
    const request = this.#partial.get(stream);
    if (!request) return;
    request.bytes += bytes;
    this.#partialBytes += bytes;
    while (this.#partialBytes > this.#maxPartialBytes && this.#partial.size > 0) {
      const [oldest = stream] = this.#partial.keys();
      this.#forget(oldest);
      oldest.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  }

  #forget(stream: ServerHttp2Stream): void {
    this.#partialBytes -= this.#partial.get(stream)?.bytes ?? 0;
    this.#partial.delete(stream);
  }
}

// grpc-js answers an unknown method and another content type without checking the stream. If the same packet
// has reset it, respond throws, outside of any promise, which would end the process. One function for all streams, as
// above.
const respondInTime: ServerHttp2Stream["respond"] = function respond(
  this: ServerHttp2Stream,
  headers,
  options,
) {
  if (this.closed || this.destroyed) return;
  (Object.getPrototypeOf(this) as ServerHttp2Stream).respond.call(this, headers, options);
};

// A session has a proxy of its socket, so the socket itself is no key.
function keyOf(socket: Pick<Socket, "localPort" | "remoteAddress" | "remotePort">): string {
  return `${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;
}
