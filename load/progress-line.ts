/** Where progress is shown: the part of `process.stderr` that is needed. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows one line that changes on a terminal; elsewhere a line every five seconds. */
export interface ProgressLine {
  /** Shows the line, as far as it is time for one. */
  update(line: string, nowMs: number): void;
  /** Takes the line away. */
  clear(): void;
}

const intervalMs = 5000;

/** Time starts with the call. */
export function createProgressLine(output: ProgressOutput, nowMs: number): ProgressLine {
  if (output.isTTY) {
    return {
      update: (line) => output.write(`\r\x1b[2K${line.slice(0, (output.columns ?? 80) - 1)}`),
      clear: () => output.write("\r\x1b[2K"),
    };
  }
  let dueAtMs = nowMs + intervalMs;
  return {
    update: (line, atMs) => {
      if (atMs < dueAtMs) return;
      dueAtMs += intervalMs;
      output.write(`${line}\n`);
    },
    clear: () => {},
  };
}
