import { createServer, type Server, type Socket } from "node:net";
import { detectProtocol } from "#runtime/detect-protocol.ts";
import { listenOn, portOf } from "#runtime/listen.ts";
import type { ManagedFunction } from "../instances/managed-function.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { capConnections } from "../ports/cap-connections.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import { Connection } from "./connection.ts";
import { answerProbes } from "./health-probe.ts";
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
 * The port at which a function is called, at any scale. Connections wait while an instance starts; then
 * their bytes are spliced unchanged in both directions.
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
    // HTTP/1.1 clients may half-close after their request and still read the response.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
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
    if (!this.#target) return void socket.destroy();
    if (!this.#isPublic && !isHttp2) refuseForeign(socket);
    new Connection(socket, isHttp2, this.#target, this.#limits);
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
