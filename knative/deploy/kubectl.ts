import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a run of kubectl left. */
export interface KubectlResult {
  /** Its exit code; -1 when it was ended because it took too long. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How one run differs from the others. */
export interface RunOptions {
  /** Text for its standard input. */
  readonly input?: string;
  /** After this long it is ended; 30 seconds unless told. */
  readonly timeoutMs?: number;
}

/** The only way to the cluster: the program `kubectl`, with the user's own configuration. */
export interface Kubectl {
  /** The context that the user named; undefined for kubectl's current one. */
  readonly context: string | undefined;
  /** Runs it and answers whatever came out. Rejects with KubectlMissingError, nothing else. */
  run(args: readonly string[], options?: RunOptions): Promise<KubectlResult>;
  /** Runs it and answers standard output. Rejects with KubectlError when the exit code is not 0. */
  read(args: readonly string[], options?: RunOptions): Promise<string>;
  /**
   * Runs it until it ends or the signal aborts, and hands on each line of standard output. Answers the
   * exit code; -1 if the signal ended it. Rejects with KubectlMissingError, nothing else.
   */
  stream(
    args: readonly string[],
    options: { readonly signal: AbortSignal; readonly onLine: (line: string) => void },
  ): Promise<number>;
  /** As `read`, with `-o json`, parsed. An empty output (`--ignore-not-found`) is undefined. */
  readJson(args: readonly string[], options?: RunOptions): Promise<unknown>;
}

/** There is no kubectl on the PATH. */
export class KubectlMissingError extends Error {
  constructor() {
    super("kubectl is not on the PATH: install it, https://kubernetes.io/docs/tasks/tools/");
    this.name = "KubectlMissingError";
  }
}

/** kubectl said no; the message is the last thing that it said. */
export class KubectlError extends Error {
  /** All that it wrote to standard error, without warnings. */
  readonly stderr: string;

  constructor(args: readonly string[], result: KubectlResult) {
    const stderr = withoutWarnings(result.stderr);
    const said = stderr.split("\n").at(-1) ?? "";
    const why = result.exitCode === -1 ? "did not end in time" : `failed: ${said}`;
    super(`kubectl ${args.slice(0, 3).join(" ")} ${why}`);
    this.name = "KubectlError";
    this.stderr = stderr;
  }
}

/** A kubectl that talks to the named context, or to the current one. */
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

/** What kubectl wrote to standard error, but for its warnings. */
export function withoutWarnings(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line !== "" && !/^warning/i.test(line));
  return lines.join("\n");
}

function spawnKubectl(
  args: readonly string[],
  { input, timeoutMs = 30_000 }: RunOptions,
): Promise<KubectlResult> {
  const child = spawn("kubectl", args, { stdio: ["pipe", "pipe", "pipe"], timeout: timeoutMs });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A kubectl that refuses its arguments leaves without reading; its exit code tells.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", () => reject(new KubectlMissingError()));
    child.on("close", (code) => resolve({ exitCode: code ?? -1, stdout, stderr }));
  });
}

async function streamKubectl(
  args: readonly string[],
  { signal, onLine }: Parameters<Kubectl["stream"]>[1],
): Promise<number> {
  if (signal.aborted) return -1;
  // What kubectl says of a pod that is just starting or gone shows in the exit code.
  const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "ignore"] });
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const lines = createInterface({ input: child.stdout }).on("line", onLine);
    const read = new Promise<void>((resolve) => lines.once("close", resolve));
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", () => reject(new KubectlMissingError()));
      child.on("close", (exitCode) => resolve(exitCode ?? -1));
    });
    await read;
    return code;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
