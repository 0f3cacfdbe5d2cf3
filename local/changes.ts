/** Notifies listeners when the platform's state has changed. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  /** Calls the listener after each change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The state has changed. */
  readonly notify = (): void => {
    for (const listener of this.#listeners) listener();
  };

  /** Resolves once the condition holds; rejects after the time with what `explain` returns. */
  waitUntil(holds: () => boolean, timeoutMs: number, explain: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        unsubscribe();
        settle();
      };
      const check = () => {
        if (holds()) end(resolve);
      };
      const timer = setTimeout(() => end(() => reject(new Error(explain()))), timeoutMs);
      const unsubscribe = this.subscribe(check);
      check();
    });
  }
}
