import type { Server } from "node:http";
import type { Socket } from "node:net";

/** HTTP/1.1 connections that another process has accepted, and keeps open. */
export class AdoptedConnections {
  readonly #server: Server;
  readonly #onEnd = new Map<Socket, (isGivenBack: boolean) => void>();

  /** @param server answers their requests */
  constructor(server: Server) {
    this.#server = server;
  }

  /** Connections that are served. */
  get size(): number {
    return this.#onEnd.size;
  }

  /** Serves a connection until it closes or is given back. */
  serve(socket: Socket, onEnd: (isGivenBack: boolean) => void): void {
    // As for connections that this process has accepted.
    socket.allowHalfOpen = true;
    this.#onEnd.set(socket, onEnd);
    socket.once("close", () => this.#end(socket, false));
    this.#server.emit("connection", socket);
  }

  /**
   * Closes all connections of the server that are between two requests. Those that are served here are given back: the
   * other process, which still has them open, reads their next request.
   */
  closeIdle(): void {
    const open = [...this.#onEnd.keys()].filter((socket) => !socket.destroyed);
    // All bytes that were read have been parsed: those of the next request are read by the other process.
    this.#server.closeIdleConnections();
    for (const socket of open) if (socket.destroyed) this.#end(socket, true);
  }

  #end(socket: Socket, isGivenBack: boolean): void {
    const onEnd = this.#onEnd.get(socket);
    this.#onEnd.delete(socket);
    onEnd?.(isGivenBack);
  }
}
