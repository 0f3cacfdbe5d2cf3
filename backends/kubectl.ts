import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { ConfigError } from "#runtime/environment.ts";
import { BackendError } from "./backend-error.ts";

/** The result of a run of kubectl. */
export interface KubectlResult {
  /** Its exit code; -1 when it was ended because it took too long. */
  readonly exitCode: number;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error. */
  readonly stderr: string;
}

/** Options of a run of kubectl that ends by itself. */
export interface RunOptions {
  /** Text for its standard input. */
  readonly input?: string;
  /** Milliseconds after which it is killed; 30 seconds if missing. */
  readonly timeoutMs?: number;
}

/** Options of a run of kubectl that lasts. */
export interface StreamOptions {
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Gets each line of standard output. */
  readonly onLine: (line: string) => void;
  /** Whether it survives a terminal's Ctrl-C; false if missing. */
  readonly detached?: boolean;
}

/**
 * The only way to a cluster: the program `kubectl`, with the user's own kubeconfig. README.md says why
 * it is not a client library.
 */
export interface Kubectl {
  /** The context that the user named; undefined for the kubeconfig's current one. */
  readonly context: string | undefined;
  /** Runs it whatever its exit code is. Rejects with KubectlMissingError, nothing else. */
  run(args: readonly string[], options?: RunOptions): Promise<KubectlResult>;
  /** Runs it and returns standard output. Rejects with KubectlError if the exit code is not 0. */
  read(args: readonly string[], options?: RunOptions): Promise<string>;
  /**
   * Runs it until it ends or the signal aborts. Returns the exit code, -1 if the signal ended it, and
   * standard error. Rejects with KubectlMissingError, nothing else.
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
  const run: Kubectl["run"] = (args, options = {}) => spawnKubectl([...prefix, ...args], options);
  const read: Kubectl["read"] = async (args, options) => {
    const result = await run(args, options);
    if (result.exitCode !== 0) throw new KubectlError(args, result);
    return result.stdout;
  };
  const readJson: Kubectl["readJson"] = async (args, options) => {
    const text = await read([...args, "-o", "json"], options);
    return text.trim() === "" ? undefined : JSON.parse(text);
  };
  const stream: Kubectl["stream"] = (args, options) => streamKubectl([...prefix, ...args], options);
  return { context, run, read, readJson, stream };
}

/** The last line of kubectl's standard error that is not a warning. */
export function lastLineOf({ stderr }: Pick<KubectlResult, "stderr">): string {
  return withoutWarnings(stderr).split("\n").at(-1) ?? "";
}

/** What was read, or undefined if kubectl failed, such as for a user who may not read it. */
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

async function spawnKubectl(
  args: readonly string[],
  { input, timeoutMs = 30_000 }: RunOptions,
): Promise<KubectlResult> {
  const child = spawn("kubectl", args, { stdio: ["pipe", "pipe", "pipe"] });
  // The timeout of spawn would keep this process alive after a spawn that failed.
  const timer = setTimeout(() => child.kill(), timeoutMs);
  // A kubectl that refuses its arguments exits without reading; its exit code shows that.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  const outputs = [text(child.stdout), text(child.stderr)] as const;
  try {
    const [exitCode, stdout, stderr] = await Promise.all([exitCodeOf(child), ...outputs]);
    return { exitCode, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", () => reject(new KubectlMissingError()));
    child.on("close", (code) => resolve(code ?? -1));
  });
}

async function streamKubectl(
  args: readonly string[],
  { signal, onLine, detached = false }: StreamOptions,
): ReturnType<Kubectl["stream"]> {
  if (signal.aborted) return { exitCode: -1, stderr: "" };
  const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "pipe"], detached });
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const lines = createInterface({ input: child.stdout }).on("line", onLine);
    const read = new Promise<void>((resolve) => lines.once("close", resolve));
    const [exitCode, stderr] = await Promise.all([exitCodeOf(child), text(child.stderr), read]);
    return { exitCode, stderr };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
