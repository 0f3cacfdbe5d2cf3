interface ProgressOutput {
  /** Whether lines can be overwritten. */
  readonly isTTY?: boolean;
  /** Columns of the terminal; 80 if undefined. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** Lines that show the state of work as it changes. */
export type Progress = ReturnType<typeof createProgress>;

/**
 * Shows progress: on a terminal in lines that are overwritten, elsewhere by appending the lines that
 * changed. With an interval, the first report is due one interval after this call.
 *
 * @param output such as `process.stderr`
 * @param options `intervalMs` between two reports without a terminal, 0 for each change; a clock
 */
export function createProgress(
  output: ProgressOutput,
  {
    intervalMs = 0,
    now = () => performance.now(),
  }: { intervalMs?: number; now?: () => number } = {},
) {
  let shown: readonly string[] = [];
  let dueAtMs = now() + intervalMs;
  // Up to the first of the lines written before.
  const rewind = () => (shown.length > 0 ? `\x1b[${shown.length}A` : "");
  const overwrite = (lines: readonly string[]) => {
    // A line that wraps would take two rows of the terminal, and the next rewind would miss one.
    const width = (output.columns ?? 80) - 1;
    const text = lines.map((line) => `${line.slice(0, width)}\x1b[K\n`).join("");
    output.write(`${rewind()}${text}\x1b[J`);
  };
  return {
    /** Shows the current lines, one or more. */
    update: (...lines: readonly string[]) => {
      const changed = lines.filter((line, index) => line !== shown[index]);
      if (changed.length === 0) return;
      if (output.isTTY) overwrite(lines);
      else {
        if (now() < dueAtMs) return;
        dueAtMs = now() + intervalMs;
        output.write(changed.map((line) => `${line}\n`).join(""));
      }
      shown = lines;
    },
    /** Removes the lines from a terminal. */
    clear: () => {
      if (output.isTTY && shown.length > 0) output.write(`${rewind()}\x1b[J`);
      shown = [];
    },
  };
}
