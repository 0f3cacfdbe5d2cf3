import type { Socket } from "node:net";
import type { DualPort } from "./port.ts";

/** A message that a function sends to the local platform, if it was started by one. */
export type PlatformMessage =
  | {
      /** The function accepts requests. */
      type: "ready";
      /** Its TCP port. */
      port: number;
      /** The TCP port for scrapes. */
      metricsPort: number;
      /** Milliseconds of each boot phase. */
      boot: Record<string, number>;
      /** Whether it serves connections that the platform passes to it; a program without the runtime may not. */
      adopts?: boolean;
    }
  | {
      /** Requests have started or ended; sent 100 ms after the first of them at the earliest. */
      type: "inflight";
      /** The number of requests in flight now. */
      count: number;
    }
  | {
      /** Whether the function serves a connection that the platform has passed to it. */
      type: "adopted";
      /** The id of the platform's message. */
      id: number;
      /** False while it drains: it has read nothing from the connection. */
      isAdopted: boolean;
    }
  | {
      /** The function no longer serves an HTTP/1.1 connection that the platform has passed to it. */
      type: "connection end";
      /** The id of the platform's message. */
      id: number;
      /** Whether the client may send its next request on it: it has read nothing since its last response. */
      isGivenBack: boolean;
    }
  | {
      /** The function injects these faults from now on. */
      type: "faults";
      /** The rules in the form of SHOP_FAULTS; empty for none. */
      rules: string;
    };

/** A message that the local platform sends to a function. */
export type PlatformCommand =
  /** Replaces the function's faults. */
  | Extract<PlatformMessage, { type: "faults" }>
  /** Passes a connection, whose socket is sent with the message. */
  | {
      type: "connection";
      /** The id for the answer. */
      id: number;
      /** The bytes that the platform has read from it, in base64. */
      head: string;
    };

const reportEveryMs = 100;

/** The function's end of the channel to the local platform; it sends nothing without a platform. */
export class PlatformChannel {
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Reports that the function accepts requests. */
  ready(port: number, metricsPort: number, boot: Record<string, number>): void {
    this.#send({ type: "ready", port, metricsPort, boot, adopts: true });
  }

  /**
   * Reports that a request has started or ended, at most every 100 ms so that a busy function does not spend
   * time on it. The count may be the same as before: the platform does not see the requests of connections that
   * it has passed on.
   */
  reportInFlight(count: number): void {
    this.#count = count;
    if (!process.send || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#send({ type: "inflight", count: this.#count });
    }, reportEveryMs);
    this.#timer.unref();
  }

  /** Sets the faults that the platform sends, and confirms each message. */
  onFaults(set: (rules: string) => Promise<void>): void {
    if (!process.send) return;
    process.on("message", async (message: PlatformCommand | { type?: undefined }) => {
      if (message.type !== "faults") return;
      await set(message.rules);
      this.#send(message);
    });
  }

  /** Receives the connections that the platform passes on. */
  onConnection(adopt: DualPort["adopt"]): void {
    if (!process.send) return;
    process.on("message", (message: PlatformCommand | { type?: undefined }, socket?: Socket) => {
      if (message.type !== "connection" || !socket) return;
      const { id, head } = message;
      const end = (isGivenBack: boolean) => this.#send({ type: "connection end", id, isGivenBack });
      const isAdopted = adopt(socket, Buffer.from(head, "base64"), end);
      if (!isAdopted) socket.destroy();
      this.#send({ type: "adopted", id, isAdopted });
    });
  }

  #send(message: PlatformMessage): void {
    if (process.connected) process.send?.(message);
  }
}
