/** Counts the requests that are being answered. */
export class InFlight {
  #count = 0;
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
  }
}
