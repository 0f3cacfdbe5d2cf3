/** Counts the requests that are being answered, and tells when none is left. */
export class InFlight {
  #count = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #onChange: (count: number) => void;

  /** `onChange` hears each new count, on the path of every request: it must be cheap. */
  constructor(onChange: (count: number) => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Requests that have begun and not ended. */
  get count(): number {
    return this.#count;
  }

  /** A request begins. */
  begin(): void {
    this.#count += 1;
    this.#onChange(this.#count);
  }

  /** A request ends. */
  end(): void {
    this.#count -= 1;
    this.#onChange(this.#count);
    if (this.#count === 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves as soon as no request is in flight, or after the time. */
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
