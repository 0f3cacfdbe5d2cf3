/** Notifies listeners when the platform's state has changed. */
export class Changes {
  readonly #listeners = new Set<() => void>();
  #count = 0;

  /** The number of changes so far. */
  get count(): number {
    return this.#count;
  }

  /** Calls the listener after each change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls all listeners, because the state has changed. */
  readonly notify = (): void => {
    this.#count += 1;
    for (const listener of this.#listeners) listener();
  };

  /** Resolves with true once the condition holds, or with false after `timeoutMs`. */
  waitUntil(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isMet: boolean) => {
        clearTimeout(timer);
        unsubscribe();
        resolve(isMet);
      };
      const check = () => holds() && end(true);
      const timer = setTimeout(end, timeoutMs, false).unref();
      const unsubscribe = this.subscribe(check);
      check();
    });
  }
}
