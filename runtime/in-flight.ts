/** Counts the requests that are being answered, and resolves when there are none. */
export class InFlight {
  #count = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #onChange: (count: number) => void;

  /** @param onChange gets each new count; it is on the path of every request, so it must be cheap */
  constructor(onChange: (count: number) => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Requests that have started and not ended. */
  get count(): number {
    return this.#count;
  }

  /** Counts the start of a request. */
  start(): void {
    this.#count += 1;
    this.#onChange(this.#count);
  }

  /** Counts the end of a request. */
  end(): void {
    this.#count -= 1;
    this.#onChange(this.#count);
    if (this.#count === 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves as soon as no request is in flight, or after `timeoutMs`. */
  whenIdle(timeoutMs: number): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
