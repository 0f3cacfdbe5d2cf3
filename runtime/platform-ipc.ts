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
    }
  | {
      /** The number of requests in flight has changed; sent 100 ms after a change at the earliest. */
      type: "inflight";
      /** The number of requests in flight now. */
      count: number;
    }
  | {
      /** The function injects these faults from now on. */
      type: "faults";
      /** The rules in the form of SHOP_FAULTS; empty for none. */
      rules: string;
    };

/** A message that the local platform sends to a function: it replaces the function's faults. */
export type PlatformCommand = Extract<PlatformMessage, { type: "faults" }>;

const reportEveryMs = 100;

/** The function's end of the channel to the local platform; it sends nothing without a platform. */
export class PlatformChannel {
  #count = 0;
  #reported = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Reports that the function accepts requests. */
  ready(port: number, metricsPort: number, boot: Record<string, number>): void {
    this.#send({ type: "ready", port, metricsPort, boot });
  }

  /** Reports requests in flight, at most every 100 ms so that a busy function does not spend time on it. */
  reportInFlight(count: number): void {
    this.#count = count;
    if (!process.send || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#reported === this.#count) return;
      this.#reported = this.#count;
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

  #send(message: PlatformMessage): void {
    if (process.connected) process.send?.(message);
  }
}
