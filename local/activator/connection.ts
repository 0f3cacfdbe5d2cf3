import { connect, type Socket } from "node:net";
import { FunctionUnavailable } from "../instances/function-unavailable.ts";
import type { Instance } from "../instances/instance.ts";
import type { ManagedFunction } from "../instances/managed-function.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import { ResponseHeads, safeMethods, unavailableResponse } from "./http-head.ts";
import { Unanswered } from "./unanswered.ts";

// The exit of a process is reported only after its connections are closed.
const exitNoticeMs = 1000;

/**
 * One client's connection to a function, spliced to an instance from its first bytes on. After scale to
 * zero, the next bytes of an HTTP/1.1 connection go to the next instance; HTTP/2 clients, of which `passOn`
 * serves most, get GOAWAY and connect again. Instances close stalled connections; without an instance the platform's limits apply.
 */
export class Connection {
  readonly #client: Socket;
  readonly #target: ManagedFunction;
  readonly #limits: PlatformLimits;
  readonly #heads = new ResponseHeads();
  #backend: Socket | undefined;
  #connecting = false;
  readonly #http2: boolean;
  #clientEnded = false;
  /** Whether the connection is being closed: bytes that still arrive are dropped. */
  #ending = false;
  readonly #unanswered = new Unanswered();
  #answered = false;
  #release: (() => void) | undefined;
  /** When the unanswered request started (`performance.now()`), plus all waits for an instance. */
  #startMs = 0;
  /** Closes a client that has no instance and sends nothing. */
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Socket, isHttp2: boolean, target: ManagedFunction, limits: PlatformLimits) {
    this.#client = client;
    this.#http2 = isHttp2;
    this.#target = target;
    this.#limits = limits;
    client.on("data", (chunk) => this.#onRequestBytes(chunk));
    client.on("end", () => this.#onClientEnd());
    client.on("drain", () => this.#backend?.resume());
    client.on("close", () => {
      clearTimeout(this.#timer);
      this.#release?.();
      this.#backend?.destroy();
    });
  }

  #onRequestBytes(chunk: Buffer): void {
    if (this.#ending || this.#client.writableEnded) return;
    clearTimeout(this.#timer);
    this.#target.recordUse();
    this.#record(chunk);
    if (this.#backend && !this.#connecting) this.#send(chunk);
    else if (!this.#connecting) void this.#connectBackend();
    else if (this.#unanswered.isFull) this.#client.pause();
  }

  #record(chunk: Buffer): void {
    // The client itself retries streams; no response may follow the last one on an HTTP/1.1 connection.
    if (this.#http2 ? this.#answered : this.#heads.endsConnection) return;
    if (!this.#http2) this.#heads.expect();
    if (this.#unanswered.byteLength === 0) this.#startMs = performance.now();
    this.#unanswered.add(chunk);
    if (!this.#connecting && this.#backend) this.#unanswered.trim();
  }

  async #connectBackend(): Promise<void> {
    const firstByteMs = performance.now();
    this.#connecting = true;
    this.#release = this.#target.reserve();
    try {
      const instance = await this.#target.acquire(firstByteMs);
      this.#startMs += performance.now() - firstByteMs;
      if (!this.#client.destroyed) this.#splice(instance);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #splice(instance: Instance): void {
    const port = instance.readiness?.port ?? 0;
    const backend = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#backend = backend;
    backend.once("connect", () => {
      this.#connecting = false;
      this.#release?.();
      this.#target.recordConnection();
      for (const chunk of this.#unanswered.chunks) this.#send(chunk);
      this.#unanswered.trim();
      if (this.#clientEnded) backend.end();
      else this.#client.resume();
    });
    backend.on("data", (chunk) => this.#onResponseBytes(backend, chunk));
    backend.on("drain", () => this.#client.resume());
    backend.on("error", () => backend.destroy());
    backend.on("close", () => this.#onBackendClose(instance));
  }

  #send(chunk: Buffer): void {
    if (this.#backend?.writable && !this.#backend.write(chunk)) this.#client.pause();
  }

  #onResponseBytes(backend: Socket, chunk: Buffer): void {
    this.#target.recordUse();
    this.#unanswered.clear();
    this.#answered = true;
    if (!this.#http2) this.#heads.read(chunk);
    if (!this.#client.write(chunk)) backend.pause();
  }

  #onClientEnd(): void {
    this.#clientEnded = true;
    // Only HTTP/1.1 clients end their side and still read.
    if (this.#http2) return void this.#client.destroy();
    if (this.#connecting) return; // passed on once connected
    if (this.#backend) this.#backend.end();
    else this.#client.end();
  }

  #onBackendClose(instance: Instance): void {
    this.#backend = undefined;
    const wasConnecting = this.#connecting;
    this.#connecting = false;
    this.#release?.();
    if (this.#client.destroyed) return;
    if (wasConnecting) return void this.#reconnect(instance);
    if (!this.#unanswered.isBlank) return void this.#sendAgain(instance);
    this.#ending = this.#http2 || this.#heads.endsConnection;
    if (!this.#http2 && (this.#heads.endsConnection || this.#clientEnded)) {
      this.#client.destroySoon();
    } else {
      void this.#endUnlessOrderly(instance);
    }
  }

  // An HTTP/1.1 connection stays open after an orderly exit of its instance. A response that a crash cut
  // off could look complete, so the connection is reset, but only once the crash is known: the client's
  // next call then reaches the next instance.
  async #endUnlessOrderly(instance: Instance): Promise<void> {
    const goesOn = instance.stopping && !this.#http2;
    if (goesOn) this.#waitForClient(this.#limits.idleMs);
    const orderly = goesOn
      ? (await instance.exited).orderly
      : instance.stopping || !(await instance.exitsWithin(exitNoticeMs));
    if (this.#backend || this.#connecting || (goesOn && orderly)) return;
    if (orderly) this.#client.destroySoon();
    else this.#client.destroy();
  }

  // No bytes were sent to this instance, so the next one may get the request, whether or not this one crashed.
  async #reconnect(instance: Instance): Promise<void> {
    this.#connecting = true;
    const gone = instance.stopping || (await instance.exitsWithin(exitNoticeMs));
    if (this.#client.destroyed) return;
    if (gone) await this.#connectBackend();
    else this.#refuse(new FunctionUnavailable(`${this.#target.name} accepts no connections`, 1000));
  }

  async #sendAgain(instance: Instance): Promise<void> {
    const gone = new FunctionUnavailable(`${this.#target.name} ended before it answered`, 0);
    this.#connecting = true;
    if (!instance.stopping) await instance.exitsWithin(exitNoticeMs);
    if (!instance.stopping || this.#unanswered.overflowed) return this.#refuse(gone);
    const { method, hasHead } = this.#unanswered;
    // The bytes are the middle of a request that was answered before it was complete.
    if (!this.#http2 && method === undefined) return this.#refuse(gone);
    // No instance is started for a request whose head stalls.
    if (!this.#http2 && !hasHead) {
      this.#connecting = false;
      return this.#waitForClient(this.#startMs + this.#limits.headMs - performance.now());
    }
    // A drain finishes every request that was started, so a request without a response was not started;
    // only the exit code shows whether the drain succeeded.
    if (!this.#http2 && !safeMethods.has(method ?? "")) {
      const exit = await instance.exited;
      if (!exit.orderly) return this.#refuse(gone);
    }
    if (!this.#client.destroyed) await this.#connectBackend();
  }

  #waitForClient(ms: number): void {
    if (this.#client.destroyed) return;
    this.#timer = setTimeout(() => this.#client.destroy(), ms);
    this.#client.resume();
  }

  #refuse(error: unknown): void {
    this.#connecting = false;
    this.#release?.();
    const known = error instanceof FunctionUnavailable ? error : undefined;
    // A gRPC client reports a connection that is closed without a response as UNAVAILABLE.
    if (this.#http2) return void this.#client.destroy();
    const message = known?.message ?? `${this.#target.name} cannot be reached`;
    this.#client.end(unavailableResponse(message, known?.retryAfterMs ?? 1000));
    this.#client.destroySoon();
  }
}
