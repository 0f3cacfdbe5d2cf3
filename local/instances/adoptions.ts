import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { PlatformCommand } from "#runtime/platform-ipc.ts";

/** Passes connections to a process, which then serves them as if it had accepted them itself. */
export class Adoptions {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (isAdopted: boolean) => void>();
  #nextId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => {
      if (isAnswer(message)) this.#settle(message.id, message.isAdopted);
    });
    // Not `disconnect`, which Node.js does not emit while a socket waits for its confirmation. By then all answers
    // have been read: a connection that the process has accepted is not passed to another one.
    child.once("close", () => {
      for (const id of this.#pending.keys()) this.#settle(id, false);
    });
  }

  /**
   * Passes a connection, from which nothing is read any more, with the bytes that were read from it. Resolves
   * with whether the process serves it; the caller then destroys its own socket. Otherwise the socket is as
   * it was, and can be passed to another process.
   */
  offer(socket: Socket, head: Buffer): Promise<boolean> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      if (!this.#child.connected) return resolve(false);
      this.#pending.set(id, resolve);
      const command: PlatformCommand = { type: "connection", id, head: head.toString("base64") };
      this.#child.send(command, socket, { keepOpen: true }, (error) => {
        if (error) this.#settle(id, false);
      });
    });
  }

  #settle(id: number, isAdopted: boolean): void {
    this.#pending.get(id)?.(isAdopted);
    this.#pending.delete(id);
  }
}

function isAnswer(message: unknown): message is { id: number; isAdopted: boolean } {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    message.type === "adopted" &&
    "id" in message &&
    "isAdopted" in message
  );
}
