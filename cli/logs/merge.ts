import type { LogLine } from "./line.ts";

/**
 * Puts lines of many pods into the order of their times. A line waits a moment for older ones of
 * others; `flush` lets all go.
 */
export class LineMerger {
  readonly #emit: (line: LogLine) => void;
  readonly #waitMs: number;
  readonly #waiting: { line: LogLine; dueMs: number }[] = [];

  constructor(emit: (line: LogLine) => void, waitMs: number) {
    this.#emit = emit;
    this.#waitMs = waitMs;
  }

  /** Takes a line that came at a time, on the clock of `release`. */
  push(line: LogLine, nowMs: number): void {
    this.#waiting.push({ line, dueMs: nowMs + this.#waitMs });
  }

  /** Lets go what has waited long enough. */
  release(nowMs: number): void {
    this.#sort();
    // In order: a line that is not due holds back the younger ones.
    while (this.#waiting[0] && this.#waiting[0].dueMs <= nowMs) {
      const next = this.#waiting.shift();
      if (next) this.#emit(next.line);
    }
  }

  /** Lets all go. */
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
