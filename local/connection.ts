import { connect, type Socket } from "node:net";
import {
  isHttp2,
  ResponseHeads,
  requestMethodOf,
  safeMethods,
  unavailableResponse,
} from "./http-head.ts";
import type { Instance } from "./instance.ts";
import { FunctionUnavailable, type ManagedFunction } from "./managed-function.ts";

// What is kept so that it can be sent again when an instance went away without reading it.
const keptBytes = 64 * 1024;

// The end of a process is noticed a moment later than the end of its connections.
const exitNoticeMs = 1000;

/**
 * One client's connection to a function. Nothing happens before its first bytes. From then on it
 * is spliced to the instance, and where that scales to zero under an HTTP/1.1 connection that is
 * kept alive, to the next one at the next bytes: the client does not notice. HTTP/2 clients are
 * told by the instance itself (GOAWAY) and connect again.
 */
export class Connection {
  readonly #client: Socket;
  readonly #target: ManagedFunction;
  readonly #heads = new ResponseHeads();
  #backend: Socket | undefined;
  #connecting = false;
  #http2: boolean | undefined;
  #clientEnded = false;
  /** Nothing that still comes is passed on: the connection is being closed. */
  #ending = false;
  /** What the client sent since the last byte that came back. */
  #unanswered: Buffer[] = [];
  #unansweredBytes = 0;
  /** More is unanswered than is kept, so that it cannot be sent again. */
  #overflown = false;
  #answered = false;
  #release: (() => void) | undefined;

  constructor(client: Socket, target: ManagedFunction) {
    this.#client = client;
    this.#target = target;
    client.on("data", (chunk) => this.#onRequestBytes(chunk));
    client.on("end", () => this.#onClientEnd());
    client.on("drain", () => this.#backend?.resume());
    client.on("error", () => client.destroy());
    client.on("close", () => {
      this.#release?.();
      this.#backend?.destroy();
    });
  }

  #onRequestBytes(chunk: Buffer): void {
    if (this.#ending) return;
    this.#target.touch();
    this.#keep(chunk);
    if (this.#backend && !this.#connecting) this.#send(chunk);
    else if (!this.#connecting) void this.#connectBackend();
    else if (this.#unansweredBytes >= keptBytes) this.#client.pause();
  }

  #keep(chunk: Buffer): void {
    this.#http2 ??= isHttp2(chunk);
    // Once an HTTP/2 connection is answered its streams are the peers' to repeat.
    if (this.#http2 && this.#answered) return;
    if (!this.#http2) this.#heads.expect();
    this.#unansweredBytes += chunk.length;
    if (this.#overflown) return;
    this.#unanswered.push(chunk);
    if (!this.#connecting && this.#backend && this.#unansweredBytes > keptBytes) this.#forget();
  }

  #forget(): void {
    this.#unanswered = [];
    this.#overflown = true;
  }

  async #connectBackend(): Promise<void> {
    const firstByteMs = performance.now();
    this.#connecting = true;
    this.#release = this.#target.hold();
    try {
      const instance = await this.#target.acquire(firstByteMs);
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
      this.#target.noteConnected();
      for (const chunk of this.#unanswered) this.#send(chunk);
      if (this.#unansweredBytes > keptBytes) this.#forget();
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
    this.#target.touch();
    this.#unanswered = [];
    this.#unansweredBytes = 0;
    this.#overflown = false;
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
    if (this.#unansweredBytes > 0) return void this.#sendAgain(instance);
    this.#ending = this.#http2 === true || this.#heads.endsConnection;
    if (!this.#http2 && (this.#heads.endsConnection || this.#clientEnded)) {
      this.#client.destroySoon();
    } else {
      void this.#endUnlessOrderly(instance);
    }
  }

  // An HTTP/1.1 connection outlives an instance that went in order. An answer that was cut by a
  // crash would look complete, so its client must hear of it, but not before the crash is known:
  // a call that it makes then is the next instance's.
  async #endUnlessOrderly(instance: Instance): Promise<void> {
    const goesOn = instance.stopping && !this.#http2;
    if (goesOn) this.#client.resume();
    const orderly = goesOn
      ? (await instance.exited).orderly
      : instance.stopping || !(await instance.exitsWithin(exitNoticeMs));
    if (this.#backend || this.#connecting || (goesOn && orderly)) return;
    if (orderly) this.#client.destroySoon();
    else this.#client.destroy();
  }

  // Nothing was sent yet: whatever became of the instance, its successor may have it.
  async #reconnect(instance: Instance): Promise<void> {
    this.#connecting = true;
    const gone = instance.stopping || (await instance.exitsWithin(exitNoticeMs));
    if (this.#client.destroyed) return;
    if (gone) await this.#connectBackend();
    else this.#refuse(new FunctionUnavailable(`${this.#target.name} takes no connections`, 1000));
  }

  async #sendAgain(instance: Instance): Promise<void> {
    const gone = new FunctionUnavailable(`${this.#target.name} ended before it answered`, 0);
    this.#connecting = true;
    if (!instance.stopping) await instance.exitsWithin(exitNoticeMs);
    if (!instance.stopping || this.#overflown) return this.#refuse(gone);
    const first = this.#unanswered[0] ?? Buffer.alloc(0);
    const method = requestMethodOf(first);
    // The middle of a request whose beginning was answered already.
    if (!this.#http2 && method === undefined) return this.#refuse(gone);
    // A drain ends what was begun, so a request without any answer was not begun; that the drain
    // went well is known at its end.
    if (!this.#http2 && !safeMethods.has(method ?? "")) {
      const exit = await instance.exited;
      if (!exit.orderly) return this.#refuse(gone);
    }
    if (!this.#client.destroyed) await this.#connectBackend();
  }

  #refuse(error: unknown): void {
    this.#connecting = false;
    this.#release?.();
    const known = error instanceof FunctionUnavailable ? error : undefined;
    // A gRPC client reports a connection that is closed without an answer as UNAVAILABLE.
    if (this.#http2) return void this.#client.destroy();
    const message = known?.message ?? `${this.#target.name} cannot be reached`;
    this.#client.end(unavailableResponse(message, known?.retryAfterMs ?? 1000));
    this.#client.destroySoon();
  }
}
