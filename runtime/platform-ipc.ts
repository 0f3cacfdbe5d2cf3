/** What a function tells the local platform, where it is started by one. */
export type PlatformMessage =
  | {
      /** The function takes requests. */
      type: "ready";
      port: number;
      metricsPort: number;
      /** Milliseconds of each boot phase. */
      boot: Record<string, number>;
    }
  | {
      /** How many requests are being answered; sent at most every 100 ms, and at once at zero. */
      type: "inflight";
      count: number;
    };

const reportEveryMs = 100;

/** The function's end of the channel to the local platform; silent where there is none. */
export class PlatformChannel {
  #count = 0;
  #reported = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Says that the function takes requests. */
  ready(port: number, metricsPort: number, boot: Record<string, number>): void {
    this.#send({ type: "ready", port, metricsPort, boot });
  }

  /** Reports requests in flight, thinned out so that it costs a busy function nothing. */
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

  #send(message: PlatformMessage): void {
    if (process.connected) process.send?.(message);
  }
}
