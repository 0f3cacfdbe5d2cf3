import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ConfigError } from "#runtime/environment.ts";
import { BackendError } from "./backend-error.ts";

/** The result of a run of kubectl. */
export interface KubectlResult {
  /** Its exit code; -1 if it was killed after the timeout. */
  readonly exitCode: number;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error. */
  readonly stderr: string;
}

/** Options of `Kubectl.run`. */
export interface RunOptions {
  /** Text for its standard input. */
  readonly input?: string;
  /** Milliseconds after which it is killed; 30 seconds if missing. */
  readonly timeoutMs?: number;
}

/** Options of `Kubectl.stream`. */
export interface StreamOptions {
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Receives each line of standard output. */
  readonly onLine: (line: string) => void;
  /** Whether it continues after a terminal's Ctrl-C; false if missing. */
  readonly detached?: boolean;
}

/**
 * Access to a cluster by the program `kubectl`, with the user's own kubeconfig. README.md explains why it
 * is not a client library.
 */
export interface Kubectl {
  /** The given context; undefined for the kubeconfig's current one. */
  readonly context: string | undefined;
  /** Runs it, and resolves for every exit code. Rejects only with KubectlMissingError. */
  run(args: readonly string[], options?: RunOptions): Promise<KubectlResult>;
  /** Runs it and returns standard output. Rejects with KubectlError if the exit code is not 0. */
  read(args: readonly string[], options?: RunOptions): Promise<string>;
  /**
   * Runs it until it ends or the signal aborts. Returns the exit code, -1 if the signal ended it, and
   * standard error. Rejects only with KubectlMissingError.
   */
  stream(
    args: readonly string[],
    options: StreamOptions,
  ): Promise<Pick<KubectlResult, "exitCode" | "stderr">>;
  /** As `read`, with `-o json`, parsed. An empty output (`--ignore-not-found`) is undefined. */
  readJson(args: readonly string[], options?: RunOptions): Promise<unknown>;
}

/** kubectl is not on the PATH. */
export class KubectlMissingError extends ConfigError {
  constructor() {
    super(["kubectl is not on the PATH: install it, https://kubernetes.io/docs/tasks/tools/"]);
    this.name = "KubectlMissingError";
  }
}

/** kubectl failed; the message ends with its last line of standard error. */
export class KubectlError extends BackendError {
  /** Standard error without warnings. */
  readonly stderr: string;

  constructor(args: readonly string[], result: KubectlResult) {
    const stderr = withoutWarnings(result.stderr);
    const why = result.exitCode === -1 ? "did not end in time" : `failed: ${lastLineOf(result)}`;
    super(`kubectl ${args.slice(0, 3).join(" ")} ${why}`);
    this.name = "KubectlError";
    this.stderr = stderr;
  }
}

/** kubectl for the named context, or for the current one. */
export function createKubectl({ context }: { context?: string | undefined } = {}): Kubectl {
  const prefix = context === undefined ? [] : [`--context=${context}`];
  const run: Kubectl["run"] = (args, { timeoutMs = 30_000, input = "" } = {}) =>
    spawnKubectl([...prefix, ...args], { input, signal: AbortSignal.timeout(timeoutMs) }, text);
  const read: Kubectl["read"] = async (args, options) => {
    const result = await run(args, options);
    if (result.exitCode !== 0) throw new KubectlError(args, result);
    return result.stdout;
  };
  const readJson: Kubectl["readJson"] = async (args, options) => {
    const text = await read([...args, "-o", "json"], options);
    return text.trim() === "" ? undefined : JSON.parse(text);
  };
  const stream: Kubectl["stream"] = async (args, { onLine, ...options }) => {
    if (options.signal.aborted) return { exitCode: -1, stderr: "" };
    const { exitCode, stderr } = await spawnKubectl([...prefix, ...args], options, (stdout) => {
      const lines = createInterface({ input: stdout }).on("line", onLine);
      return new Promise<void>((resolve) => lines.once("close", resolve));
    });
    return { exitCode, stderr };
  };
  return { context, run, read, readJson, stream };
}

/** The last line of kubectl's standard error that is not a warning. */
export function lastLineOf({ stderr }: Pick<KubectlResult, "stderr">): string {
  return withoutWarnings(stderr).split("\n").at(-1) ?? "";
}

/**
 * The result of a read, or undefined if kubectl failed, for example because the user lacks a right.
 */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof KubectlError) return undefined;
    throw error;
  }
}

/** kubectl's standard error without its warnings. */
export function withoutWarnings(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line !== "" && !/^warning/i.test(line));
  return lines.join("\n");
}

async function spawnKubectl<T>(
  args: readonly string[],
  options: { signal: AbortSignal; input?: string; detached?: boolean },
  read: (stdout: Readable) => Promise<T>,
): Promise<{ exitCode: number; stderr: string; stdout: T }> {
  const { signal, input = "", detached = false } = options;
  const child = spawn("kubectl", args, { detached });
  const exited = new Promise<number>((resolve, reject) => {
    child.on("error", () => reject(new KubectlMissingError()));
    child.on("close", (code) => resolve(code ?? -1));
  });
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  // A kubectl that refuses its arguments exits without reading; its exit code reports that.
  child.stdin.on("error", () => undefined).end(input);
  try {
    const outputs = [exited, read(child.stdout), text(child.stderr)] as const;
    const [exitCode, stdout, stderr] = await Promise.all(outputs);
    return { exitCode, stdout, stderr };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
