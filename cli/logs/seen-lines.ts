/**
 * Recognises the lines of a container that were read before if its log is read again: after a restart
 * or a broken connection. A line is identified by its time, in nanoseconds, and its text.
 */
export class SeenLines {
  readonly #capacity: number;
  readonly #known = new Set<string>();
  // The time of the latest line that is no longer stored: all lines up to it were read.
  #forgotten = "";

  /** @param capacity how many lines are stored; older ones are recognised by their times */
  constructor(capacity = 5000) {
    this.#capacity = capacity;
  }

  /** Whether a line of `kubectl logs --timestamps` is new. The next call for it returns false. */
  isNew(line: string): boolean {
    if (this.#known.has(line) || timeOf(line) <= this.#forgotten) return false;
    this.#known.add(line);
    if (this.#known.size > this.#capacity) {
      const [oldest = ""] = this.#known;
      this.#known.delete(oldest);
      this.#forgotten = timeOf(oldest);
    }
    return true;
  }

  /** The time from which on lines have to be read again: ISO 8601; undefined if all have to. */
  get since(): string | undefined {
    return this.#forgotten === "" ? undefined : this.#forgotten;
  }
}

/** A line of `kubectl logs --timestamps` without its time. */
export function withoutTime(line: string): string {
  return line.slice(line.indexOf(" ") + 1);
}

function timeOf(line: string): string {
  return line.slice(0, line.indexOf(" "));
}
