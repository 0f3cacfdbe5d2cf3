import { createServer, type Server, type Socket } from "node:net";
import { detectProtocol } from "#runtime/detect-protocol.ts";
import { listenOn, portOf } from "#runtime/listen.ts";
import type { ManagedFunction } from "../instances/managed-function.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { capConnections } from "../ports/cap-connections.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import { Connection } from "./connection.ts";
import { answerProbes } from "./health-probe.ts";
import { passesSockets, passOn } from "./pass-on.ts";
import { refuseForeign } from "./refuse-foreign.ts";

/** The configuration of an activator. */
export interface ActivatorOptions {
  /** The function's name, for the log. */
  name: string;
  /**
   * Whether other machines use it: it then answers health probes of the platform, and serves any host. The
   * others refuse requests of web pages on other hosts, as the console's port does.
   */
  isPublic: boolean;
  /** The limits for connections of clients. */
  limits: PlatformLimits;
  /** Receives a warning for connections above the maximum. */
  log: PlatformLog;
}

/**
 * The port at which a function is called, at any scale. Connections wait while an instance starts. HTTP/2
 * connections are then passed to it, and HTTP/1.1 connections with their second request. Before, and if the instance does
 * not accept connections, their bytes are spliced unchanged in both directions.
 */
export class Activator {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #limits: PlatformLimits;
  readonly #isPublic: boolean;
  #target: ManagedFunction | undefined;

  constructor({ name, isPublic, limits, log }: ActivatorOptions) {
    this.#limits = limits;
    this.#isPublic = isPublic;
    // HTTP/1.1 clients may half-close after their request and still read the response. A socket that is passed on reads
    // only on request: no bytes may be lost in this process.
    const reading = passesSockets ? { highWaterMark: 0 } : {};
    const options = { allowHalfOpen: true, noDelay: true, ...reading };
    this.#server = createServer(options, (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      detectProtocol(socket, limits.firstBytesMs, (isHttp2) => {
        if (isPublic && !isHttp2) answerProbes(socket, (other) => this.#connect(other, false));
        else this.#connect(socket, isHttp2);
      });
    });
    capConnections(this.#server, `the port of ${name}`, limits.maxConnections, log);
  }

  /** The bound port. */
  get port(): number {
    return portOf(this.#server);
  }

  /** Binds the port; rejects with the system's error, such as EADDRINUSE. */
  async listen(host: string, port: number): Promise<void> {
    await listenOn(this.#server, { host, port });
  }

  /** Connects clients to this function from now on. */
  serve(target: ManagedFunction): void {
    this.#target = target;
  }

  #connect(socket: Socket, isHttp2: boolean): void {
    const target = this.#target;
    if (!target) return void socket.destroy();
    if (isHttp2 && passesSockets) return void this.#passOn(socket, true, target);
    if (!this.#isPublic && !isHttp2) refuseForeign(socket);
    this.#splice(socket, isHttp2, target);
  }

  #splice(socket: Socket, isHttp2: boolean, target: ManagedFunction): void {
    const leave = () => this.#awaitRequest(socket, target, this.#limits.keepAliveMs);
    new Connection(socket, isHttp2, target, this.#limits, leave);
  }

  #passOn(socket: Socket, isHttp2: boolean, target: ManagedFunction): void {
    const splice = () => this.#splice(socket, isHttp2, target);
    const takeBack = () => this.#awaitRequest(socket, target, this.#limits.idleMs);
    void passOn(socket, target, { isHttp2, splice, takeBack });
  }

  #awaitRequest(socket: Socket, target: ManagedFunction, limitMs: number): void {
    detectProtocol(socket, limitMs, (isHttp2) => this.#passOn(socket, isHttp2, target));
  }

  /** Accepts no more connections; open ones stay open. */
  stopListening(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Frees the port and closes all connections. */
  close(): void {
    this.stopListening();
    for (const socket of this.#sockets) socket.destroy();
  }
}
