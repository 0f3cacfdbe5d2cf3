import { connect, type Socket } from "node:net";
import { FunctionUnavailable } from "../instances/function-unavailable.ts";
import type { Instance } from "../instances/instance.ts";
import type { ManagedFunction } from "../instances/managed-function.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import { decideRetry, isGone } from "./after-exit.ts";
import { listenTo } from "./listen-to.ts";
import { acceptsConnections } from "./pass-on.ts";
import { refuseClient } from "./refuse-client.ts";
import { Traffic } from "./traffic.ts";

/**
 * One client's connection to a function, spliced to an instance from its first bytes on. After scale to
 * zero, the next bytes of an HTTP/1.1 connection go to the next instance; HTTP/2 clients, of which `passOn`
 * serves most, get GOAWAY and connect again. Instances close stalled connections; without an instance the platform's
 * limits apply. It calls `leave`, and ends, when an HTTP/1.1 client can be passed on: after its first response.
 */
export class Connection {
  readonly #client: Socket;
  readonly #target: ManagedFunction;
  readonly #limits: PlatformLimits;
  readonly #traffic: Traffic;
  readonly #leave: () => void;
  readonly #stopListening: () => void;
  #backend: Socket | undefined;
  #connecting = false;
  readonly #http2: boolean;
  #clientEnded = false;
  /** Whether the connection is being closed: bytes that still arrive are dropped. */
  #ending = false;
  #release: (() => void) | undefined;
  /** Closes a client that has no instance and sends nothing. */
  #timer: NodeJS.Timeout | undefined;

  constructor(
    client: Socket,
    isHttp2: boolean,
    target: ManagedFunction,
    limits: PlatformLimits,
    leave: () => void,
  ) {
    this.#client = client;
    this.#http2 = isHttp2;
    this.#target = target;
    this.#limits = limits;
    this.#traffic = new Traffic(isHttp2);
    this.#leave = leave;
    this.#stopListening = listenTo(client, {
      data: (chunk) => this.#onRequestBytes(chunk),
      end: () => this.#onClientEnd(),
      drain: () => this.#backend?.resume(),
      close: () => this.#end(),
    });
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#release?.();
    this.#backend?.destroy();
  }

  #onRequestBytes(chunk: Buffer): void {
    if (this.#ending || this.#client.writableEnded) return;
    clearTimeout(this.#timer);
    this.#target.recordUse();
    this.#traffic.addRequest(chunk);
    if (this.#backend && !this.#connecting) {
      this.#traffic.unanswered.trim();
      this.#send(chunk);
    } else if (!this.#connecting) void this.#connectBackend();
    else if (this.#traffic.unanswered.isFull) this.#client.pause();
  }

  async #connectBackend(): Promise<void> {
    const firstByteMs = performance.now();
    this.#connecting = true;
    this.#release = this.#target.reserve();
    try {
      const instance = await this.#target.acquire(firstByteMs);
      this.#traffic.startMs += performance.now() - firstByteMs;
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
      for (const chunk of this.#traffic.unanswered.chunks) this.#send(chunk);
      this.#traffic.unanswered.trim();
      if (this.#clientEnded) backend.end();
      else this.#client.resume();
    });
    backend.on("data", (chunk) => {
      this.#onResponseBytes(backend, chunk);
      if (acceptsConnections(instance) && this.#traffic.isFirstOver) this.#leaveClient(backend);
    });
    backend.on("drain", () => this.#client.resume());
    backend.on("error", () => backend.destroy());
    backend.on("close", () => this.#onBackendClose(instance));
  }

  #send(chunk: Buffer): void {
    if (this.#backend?.writable && !this.#backend.write(chunk)) this.#client.pause();
  }

  #onResponseBytes(backend: Socket, chunk: Buffer): void {
    this.#target.recordUse();
    this.#traffic.addResponse(chunk);
    if (!this.#client.write(chunk)) backend.pause();
  }

  #leaveClient(backend: Socket): void {
    // Bytes that are still being sent would mix with those of the instance.
    if (this.#clientEnded || this.#client.writableLength > 0) return;
    this.#client.pause();
    this.#stopListening();
    backend.removeAllListeners("close");
    this.#end();
    this.#leave();
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
    if (!this.#traffic.unanswered.isBlank) return void this.#sendAgain(instance);
    this.#ending = this.#http2 || this.#traffic.endsConnection;
    if (!this.#http2 && (this.#traffic.endsConnection || this.#clientEnded)) {
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
      : instance.stopping || !(await isGone(instance));
    if (this.#backend || this.#connecting || (goesOn && orderly)) return;
    if (orderly) this.#client.destroySoon();
    else this.#client.destroy();
  }

  // No bytes were sent to this instance, so the next one may get the request, whether or not this one crashed.
  async #reconnect(instance: Instance): Promise<void> {
    this.#connecting = true;
    const gone = await isGone(instance);
    if (this.#client.destroyed) return;
    if (gone) await this.#connectBackend();
    else this.#refuse(new FunctionUnavailable(`${this.#target.name} accepts no connections`, 1000));
  }

  async #sendAgain(instance: Instance): Promise<void> {
    this.#connecting = true;
    const decision = await decideRetry(instance, this.#traffic.unanswered, this.#http2);
    if (decision === "refuse") {
      const message = `${this.#target.name} ended before it answered`;
      return this.#refuse(new FunctionUnavailable(message, 0));
    }
    if (decision === "send" && !this.#client.destroyed) return this.#connectBackend();
    this.#connecting = false;
    this.#waitForClient(this.#traffic.startMs + this.#limits.headMs - performance.now());
  }

  #waitForClient(ms: number): void {
    if (this.#client.destroyed) return;
    this.#timer = setTimeout(() => this.#client.destroy(), ms);
    this.#client.resume();
  }

  #refuse(error: unknown): void {
    this.#connecting = false;
    this.#release?.();
    refuseClient(this.#client, this.#http2, this.#target.name, error);
  }
}
