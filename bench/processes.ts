import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { on, once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "#runtime/find-free-port.ts";

/** How a process is started. */
export interface ProcessPlan {
  /** Its name in error messages. */
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A process that is ready. */
export interface RunningProcess {
  /** Its name in error messages. */
  readonly name: string;
  /** Its process id. */
  readonly pid: number;
  /** The port that it listens on; 0 if it has none. */
  readonly port: number;
  /** The first connection that it accepted, if `startListening` started it. */
  readonly connection?: Socket;
  /** Sends SIGTERM and waits until the process has exited; SIGKILL after 10 s. */
  stop(): Promise<void>;
}

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;

/**
 * Starts `node` and waits for its message that it is ready.
 *
 * @throws Error with its stderr if it exits before or is not ready within 20 s
 */
export function startProcess(plan: ProcessPlan): Promise<RunningProcess> {
  return start(plan, ["ignore", "ignore", "pipe", "ipc"], async (child, signal) => {
    for await (const [message] of on(child, "message", { signal })) {
      if (message.type === "ready") return { port: Number(message.port ?? 0) };
    }
    return { port: 0 };
  });
}

/**
 * Starts `node` as a container is started: `PORT` names the port, without a channel to its
 * parent. Waits for its first connection and tries to connect every millisecond.
 *
 * @throws Error with its stderr if it exits before or does not listen within 20 s
 */
export async function startListening({ env, ...plan }: ProcessPlan): Promise<RunningProcess> {
  const port = await findFreePort();
  const stdio: StdioOptions = ["ignore", "ignore", "pipe"];
  return start({ ...plan, env: { ...env, PORT: String(port) } }, stdio, async (_, signal) => {
    for (;;) {
      const connection = await tryToConnect(port);
      if (connection) return { port, connection };
      await sleep(1, undefined, { signal });
    }
  });
}

/**
 * Starts `node` and waits for a line of its standard output.
 *
 * @returns the process and its lines up to that one
 * @throws Error with its stderr if it exits before or does not write the line within 20 s
 */
export function startPrinting(
  plan: ProcessPlan,
  isReady: (line: string) => boolean,
): Promise<RunningProcess & { readonly lines: readonly string[] }> {
  return start(plan, ["ignore", "pipe", "pipe"], async ({ stdout }, signal) => {
    const lines: string[] = [];
    const input = stdout as NonNullable<typeof stdout>;
    for await (const line of createInterface({ input, signal })) {
      lines.push(line);
      if (isReady(line)) return { port: 0, lines };
    }
    // The output has ended: the exit that follows aborts the signal.
    if (!signal.aborted) await once(signal, "abort");
    return { port: 0, lines };
  });
}

/** Starts `node` and waits for exit code 0. */
export async function runProcess(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: "ignore", env: {} });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with exit code ${code}`);
}

async function start<T extends { port: number }>(
  { name, args, env }: ProcessPlan,
  stdio: StdioOptions,
  waitUntilReady: (child: ChildProcess, signal: AbortSignal) => Promise<T>,
): Promise<RunningProcess & T> {
  // Without the bench's own environment, which could change the measurement.
  const child = spawn(process.execPath, args, { stdio, env });
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-4096);
  });
  const failed = new AbortController();
  const fail = (reason: string) => failed.abort(new Error(reason));
  child.once("error", ({ message }) => fail(message));
  child.once("exit", (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`));
  const timer = setTimeout(
    fail,
    startTimeoutMs,
    `it was not ready within ${startTimeoutMs / 1000} s`,
  );
  const stop = () => stopProcess(child);
  try {
    const ready = await waitUntilReady(child, failed.signal);
    failed.signal.throwIfAborted();
    return { name, pid: child.pid ?? 0, stop, ...ready };
  } catch (error) {
    await stop();
    const { message } = (failed.signal.reason ?? error) as Error;
    throw new Error(`${name} did not start: ${message}\n${errors}`.trim());
  } finally {
    clearTimeout(timer);
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

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await gone;
  clearTimeout(timer);
}
