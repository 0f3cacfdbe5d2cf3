const stderrKeptBytes = 4096;

/** How a process exited. */
export interface ProcessExit {
  /** The exit code; null if a signal ended it. */
  readonly code: number | null;
  /** The signal; null if it exited. */
  readonly signal: NodeJS.Signals | null;
  /** Why the platform sent SIGKILL; undefined if it did not. */
  readonly killReason: string | undefined;
}

/** Keeps the end of what a process writes, which says why it exits. */
export class ExitReason {
  #stderr = "";
  #lastLine = "";

  /** Adds a line of its standard output. */
  addLine(line: string): void {
    this.#lastLine = line;
  }

  /** Adds text of its standard error. */
  addError(text: string): void {
    this.#stderr = (this.#stderr + text).slice(-stderrKeptBytes);
  }

  /**
   * The end of a sentence about its exit: the exit code or the signal with the reason, and the end of its
   * standard error on further lines.
   */
  describe({ code, signal, killReason }: ProcessExit): string {
    const what = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    const reason = killReason ?? (this.#explainError() || explainSilence(signal, this.#lastLine));
    return reason === "" ? what : `${what}: ${reason}`;
  }

  // Node.js writes the error below a line of source code, and V8 below statistics.
  #explainError(): string {
    const stderr = this.#stderr.trim();
    const [error] = /^(?:FATAL ERROR: |\w*Error\b.*: ).*/m.exec(stderr) ?? [];
    return error === undefined || stderr.startsWith(error) ? stderr : `${error}\n${stderr}`;
  }
}

// A process that does not start, such as with a wrong configuration, logs the reason. SIGKILL leaves it no
// time to write anything.
function explainSilence(signal: NodeJS.Signals | null, lastLine: string): string {
  if (signal === "SIGKILL") return "sent by kill -9, or by the kernel because memory ran out";
  return signal === null ? errorMessageOf(lastLine) : "";
}

function errorMessageOf(line: string): string {
  try {
    const { severity, message } = JSON.parse(line);
    return severity === "ERROR" && typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}
