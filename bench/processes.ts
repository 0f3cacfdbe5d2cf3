import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { findFreePort } from "#runtime/find-free-port.ts";

/** What is started, and how. */
export interface ProcessPlan {
  /** For error messages. */
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  /** All variables that it gets. */
  readonly env: Readonly<Record<string, string>>;
}

/** A process that is ready: it has said so, or takes connections. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** The port that it named; 0 where it has none. */
  readonly port: number;
  /** The first connection that it took, where it was started by `startListening`. */
  readonly connection?: Socket;
  /** Ends it as a platform does, and waits until it is gone. */
  stop(): Promise<void>;
}

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;

/**
 * Starts `node` and waits for the message that says it is ready.
 *
 * @throws Error with what it wrote on stderr, when it ends before or is not ready in time
 */
export async function startProcess({ name, args, env }: ProcessPlan): Promise<RunningProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // Nothing of the bench's own environment, which might change what is measured.
    env,
  });
  const errors = collectErrors(child);
  const stop = () => stopProcess(child);
  try {
    const port = await readReady(child);
    return { name, pid: child.pid ?? 0, port, stop };
  } catch (error) {
    await stop();
    throw startError(name, error, errors());
  }
}

/**
 * Starts `node` as a container is started: `PORT` tells it where to listen, and there is no channel to
 * whom it could report. Waits for its first connection, which is tried once a millisecond.
 *
 * @throws Error with what it wrote on stderr, when it ends before or does not listen in time
 */
export async function startListening(plan: ProcessPlan): Promise<RunningProcess> {
  const port = await findFreePort();
  const { name, args, env } = plan;
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...env, PORT: String(port) },
  });
  const errors = collectErrors(child);
  const stop = () => stopProcess(child);
  try {
    return { name, pid: child.pid ?? 0, port, stop, connection: await knock(child, port) };
  } catch (error) {
    await stop();
    throw startError(name, error, errors());
  }
}

/**
 * Starts `node` and waits for a line of its standard output.
 *
 * @returns the process and the lines up to that one
 * @throws Error with what it wrote on stderr, when it ends before or does not write the line in time
 */
export async function startPrinting(
  { name, args, env }: ProcessPlan,
  isReady: (line: string) => boolean,
): Promise<RunningProcess & { readonly lines: readonly string[] }> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const errors = collectErrors(child);
  const stop = () => stopProcess(child);
  const lines: string[] = [];
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), startTimeoutMs);
  try {
    for await (const line of createInterface({ input: child.stdout, signal: ending.signal })) {
      lines.push(line);
      if (isReady(line)) return { name, pid: child.pid ?? 0, port: 0, stop, lines };
    }
    throw new Error(ending.signal.aborted ? "it took too long" : "it ended");
  } catch (error) {
    await stop();
    throw startError(name, error, errors());
  } finally {
    clearTimeout(timer);
  }
}

/** Starts `node` and waits until it has ended. */
export async function runProcess(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: "ignore", env: {} });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with exit code ${code}`);
}

function collectErrors(child: ChildProcess): () => string {
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-4096);
  });
  return () => errors;
}

function startError(name: string, error: unknown, errors: string): Error {
  return new Error(`${name} did not start: ${(error as Error).message}\n${errors}`.trim());
}

async function knock(child: ChildProcess, port: number): Promise<Socket> {
  const endMs = performance.now() + startTimeoutMs;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(describeExit(child.exitCode, child.signalCode));
    }
    const connection = await tryToConnect(port);
    if (connection) return connection;
    if (performance.now() > endMs) throw new Error("it took too long");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function tryToConnect(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", () => resolve(undefined));
  });
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return `it ended with ${signal ?? `exit code ${code}`}`;
}

function readReady(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it took too long")), startTimeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.on("message", (message: { type?: unknown; port?: unknown }) => {
      if (message.type === "ready") settle(() => resolve(Number(message.port ?? 0)));
    });
    child.once("error", (error) => settle(() => reject(error)));
    child.once("exit", (code, signal) =>
      settle(() => reject(new Error(describeExit(code, signal)))),
    );
  });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await gone;
  clearTimeout(timer);
}
