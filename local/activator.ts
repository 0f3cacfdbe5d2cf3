import { createServer, type Server, type Socket } from "node:net";
import { listenOn, portOf } from "#runtime/listen.ts";
import { Connection } from "./connection.ts";
import { answerProbes } from "./health-probe.ts";
import type { ManagedFunction } from "./managed-function.ts";

/**
 * The port at which a function is called, whether an instance of it runs or not. Connections that
 * come while there is none wait for it; their bytes then go both ways as they are.
 */
export class Activator {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: ManagedFunction | undefined;

  /** `isProbed`: the platform's own health is asked for here, too. */
  constructor({ isProbed = false }: { isProbed?: boolean } = {}) {
    // HTTP/1.1 clients may half-close after their request and still want the answer.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      if (isProbed) answerProbes(socket, (other) => this.#connect(other));
      else this.#connect(socket);
    });
  }

  /** The port that was bound. */
  get port(): number {
    return portOf(this.#server);
  }

  /** Takes the port; rejects with the system's error, such as EADDRINUSE. */
  async listen(host: string, port: number): Promise<void> {
    await listenOn(this.#server, { host, port });
  }

  /** From now on connections lead to this function. */
  serve(target: ManagedFunction): void {
    this.#target = target;
  }

  #connect(socket: Socket): void {
    if (this.#target) new Connection(socket, this.#target);
    else socket.destroy();
  }

  /** Takes no more connections; those that are open go on. */
  stopListening(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Gives the port back and cuts what is open. */
  close(): void {
    this.stopListening();
    for (const socket of this.#sockets) socket.destroy();
  }
}
