import { execFile } from "node:child_process";

/** The result of a program. */
export interface ProgramResult {
  /** Its exit code; undefined if it could not be started or a signal ended it. */
  readonly code: number | undefined;
  /** Standard output. */
  readonly stdout: string;
  /** Standard output and after it standard error, or why the program could not be started. */
  readonly output: string;
}

/** The working folder of a program, and what ends it early. */
export interface ProgramOptions {
  /** The working folder; this process's if missing. */
  readonly cwd?: string;
  /** Kills the program when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Runs a program with this process's environment until it ends. Never rejects. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const limits = { maxBuffer: Number.POSITIVE_INFINITY };
  return new Promise((resolve) => {
    execFile(program, args, { ...options, ...limits }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const isExit = typeof code === "number";
      const output =
        isExit || error === null ? stdout + stderr : `${stdout}${stderr}${error.message}\n`;
      resolve({ code: isExit ? code : undefined, stdout, output });
    }).stdin?.end();
  });
}

/** The last non-empty lines of a program's output. */
export function lastLines(output: string, count: number): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-count).join("\n");
}
