// A few minutes of a shop with visitors.
const keptLines = 5000;

/** The latest log lines of the platform and its functions, and a subscription to new ones. */
export class LogFeed {
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();

  /** Adds a line. */
  push(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }

  /** The kept lines, oldest first. */
  recent(): readonly string[] {
    return [...this.#lines];
  }

  /** Calls the listener with each new line until the returned function is called. */
  follow(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
