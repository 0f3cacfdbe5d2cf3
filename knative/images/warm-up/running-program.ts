import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** The ports in the log line of a program that accepts requests. */
export interface ReadyLine {
  /** The TCP port of the function or, in the monolith, of the storefront. */
  readonly port: number;
  /** The TCP port of the console; only the monolith has one. */
  readonly consolePort?: number;
}

/** A process of a function or of the monolith; disposing of it kills the process. */
export interface RunningProgram extends AsyncDisposable {
  /** The ports on which it listens. */
  readonly ready: ReadyLine;
  /** Sends SIGTERM and waits; rejects, with the last lines, for an exit code other than 0. */
  stop(): Promise<void>;
}

const keptLines = 40;

/**
 * Runs a program, with the flags of this process and with its environment below the given one, until it
 * logs that it is ready. Rejects, with the last lines, if it exits before.
 */
export async function startProgram(path: string, env: NodeJS.ProcessEnv): Promise<RunningProgram> {
  const child = spawn(process.execPath, [...process.execArgv, path], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const exited = once(child, "exit").then(([code, signal]) => {
    if (code !== 0) throw new Error(`it exited with ${signal ?? code}\n${lines.join("\n")}`);
  });
  // Callers that wait get the error; without a caller it must not be an unhandled rejection.
  exited.catch(() => undefined);
  const ready = new Promise<ReadyLine>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      const parsed = parseReadyLine(line);
      if (parsed) resolve(parsed);
    });
  });
  const endedEarly = exited.then(() => {
    throw new Error("it exited before it was ready");
  });
  return {
    ready: await Promise.race([ready, endedEarly]),
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited.catch(() => undefined);
    },
  };
}

function parseReadyLine(line: string): ReadyLine | undefined {
  try {
    const { message, port, console_port: consolePort } = JSON.parse(line);
    return message === "ready" ? { port, consolePort } : undefined;
  } catch {
    // Not a log line.
    return undefined;
  }
}
