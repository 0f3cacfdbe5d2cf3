import type { LogLine } from "./line.ts";

/**
 * Sorts the lines of many pods by time. Each line is delayed, so that older lines that arrive later
 * are printed first.
 */
export class LineMerger {
  readonly #emit: (line: LogLine) => void;
  readonly #waitMs: number;
  readonly #waiting: { line: LogLine; dueMs: number }[] = [];

  /** @param waitMs milliseconds by which each line is delayed */
  constructor(emit: (line: LogLine) => void, waitMs: number) {
    this.#emit = emit;
    this.#waitMs = waitMs;
  }

  /** Adds a line that arrived at a time, by the clock of `release`. */
  push(line: LogLine, nowMs: number): void {
    this.#waiting.push({ line, dueMs: nowMs + this.#waitMs });
  }

  /** Emits the lines that have waited long enough. */
  release(nowMs: number): void {
    this.#sort();
    // In order: a line that is not due delays the newer ones.
    while (this.#waiting[0] && this.#waiting[0].dueMs <= nowMs) {
      const next = this.#waiting.shift();
      if (next) this.#emit(next.line);
    }
  }

  /** Emits all lines. */
  flush(): void {
    this.#sort();
    for (const { line } of this.#waiting.splice(0)) this.#emit(line);
  }

  #sort(): void {
    this.#waiting.sort((a, b) =>
      a.line.timestamp < b.line.timestamp ? -1 : Number(a.line.timestamp > b.line.timestamp),
    );
  }
}
