// An answer leaves in one of the next turns of the event loop.
const sendMs = 10;

/** Counts the requests that are being answered. */
export class InFlight {
  #count = 0;
  readonly #firstEnd = Promise.withResolvers<void>();
  readonly #onChange: (count: number) => void;

  /** @param onChange gets each new count; it is on the path of every request, so it must be cheap */
  constructor(onChange: (count: number) => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Requests that have started and not ended. */
  get count(): number {
    return this.#count;
  }

  /** Reports a request that is not counted, such as a health check. */
  touch(): void {
    this.#onChange(this.#count);
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
    this.#firstEnd.resolve();
  }

  /**
   * Resolves 10 ms after the end of the first request, when its answer has been sent, or after `idleMs`
   * milliseconds if no request is in flight then. Work that waits for it does not delay the first answer.
   */
  async afterFirst(idleMs: number): Promise<void> {
    const timer = setTimeout(() => this.#count === 0 && this.#firstEnd.resolve(), idleMs);
    await this.#firstEnd.promise;
    clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, sendMs));
  }
}
