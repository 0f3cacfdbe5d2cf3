import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { PlatformCommand, PlatformMessage } from "#runtime/platform-ipc.ts";

/** Receives the end of a passed connection: whether it is given back between two requests, or over. */
export type ConnectionEnd = (isGivenBack: boolean) => void;

/** Passes connections to a process, which then serves them as if it had accepted them itself. */
export class Adoptions {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (isAdopted: boolean) => void>();
  readonly #ends = new Map<number, ConnectionEnd>();
  #nextId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    // A program without the runtime may send anything.
    child.on("message", (message: PlatformMessage | null) => {
      if (message?.type === "adopted") this.#settle(message.id, message.isAdopted);
      if (message?.type === "connection end") this.#end(message.id, message.isGivenBack);
    });
    // Not `disconnect`, which Node.js does not emit while a socket waits for its confirmation. By then all messages
    // have been read: a connection that the process has accepted is not passed to another one.
    child.once("close", () => {
      for (const id of this.#pending.keys()) this.#settle(id, false);
      for (const id of this.#ends.keys()) this.#end(id, false);
    });
  }

  /**
   * Passes a connection, from which nothing is read any more, with the bytes that were read from it. Resolves
   * with whether the process serves it. Otherwise the socket is as it was, and can be passed to another process.
   *
   * @param onEnd called when the process no longer serves the connection, or has exited: the caller's own socket keeps it
   *   open. Without it the caller destroys its socket at once.
   */
  offer(socket: Socket, head: Buffer, onEnd?: ConnectionEnd): Promise<boolean> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      if (!this.#child.connected) return resolve(false);
      if (onEnd) this.#ends.set(id, onEnd);
      this.#pending.set(id, resolve);
      const command: PlatformCommand = { type: "connection", id, head: head.toString("base64") };
      this.#child.send(command, socket, { keepOpen: true }, (error) => {
        if (error) this.#settle(id, false);
      });
    });
  }

  #settle(id: number, isAdopted: boolean): void {
    if (!isAdopted) this.#ends.delete(id);
    this.#pending.get(id)?.(isAdopted);
    this.#pending.delete(id);
  }

  #end(id: number, isGivenBack: boolean): void {
    const onEnd = this.#ends.get(id);
    this.#ends.delete(id);
    onEnd?.(isGivenBack);
  }
}
