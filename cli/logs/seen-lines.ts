/**
 * Recognises the lines of a container that were read before, when its log is read again: after a
 * restart, or after a connection that broke. A line is known by its time, in nanoseconds, and its text.
 */
export class SeenLines {
  readonly #capacity: number;
  readonly #known = new Set<string>();
  // The latest line that was forgotten: what is not younger was read too.
  #forgotten = "";

  /** @param capacity how many lines are remembered; those before them are known by their times */
  constructor(capacity = 5000) {
    this.#capacity = capacity;
  }

  /** Whether a line is new, in the form of `kubectl logs --timestamps`; from then on it is known. */
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

  /** From when on lines have to be read again: ISO 8601; undefined if all of them have. */
  get since(): string | undefined {
    return this.#forgotten === "" ? undefined : this.#forgotten;
  }
}

/** What a line of `kubectl logs --timestamps` says after its time. */
export function withoutTime(line: string): string {
  return line.slice(line.indexOf(" ") + 1);
}

function timeOf(line: string): string {
  return line.slice(0, line.indexOf(" "));
}
