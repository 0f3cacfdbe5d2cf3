import { spawn } from "node:child_process";

/** How a program ended. */
export interface ProgramResult {
  /** Its exit code; undefined where it could not be started or a signal ended it. */
  code: number | undefined;
  /** What it wrote to stdout. */
  stdout: string;
  /** What it wrote to stdout and stderr, in the order in which it came. */
  output: string;
}

/** Where a program runs, and what ends it early. */
export interface ProgramOptions {
  /** The working folder. */
  cwd?: string;
  /** Kills the program when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Runs a program to its end with this process's environment. Never rejects: a program that is not
 * installed has no code, and the reason in its output.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, signal }: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    let stdout = "";
    let output = "";
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { signal }),
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", (error) => {
      output += `${error.message}\n`;
      // After a failed spawn there is no "close" to wait for.
      if (child.pid === undefined) resolve({ code: undefined, stdout, output });
    });
    child.on("close", (code) => resolve({ code: code ?? undefined, stdout, output }));
  });
}

/** The last lines of what a program wrote, without empty ones. */
export function lastLines(output: string, count: number): string {
  return output
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-count)
    .join("\n");
}
