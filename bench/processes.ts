import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** What is started, and how. */
export interface ProcessPlan {
  /** For error messages. */
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  /** All variables that it gets. */
  readonly env: Readonly<Record<string, string>>;
}

/** A process that has said that it is ready. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** The port that it named; 0 where it has none. */
  readonly port: number;
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
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-4096);
  });
  const stop = () => stopProcess(child);
  try {
    const port = await readReady(child);
    return { name, pid: child.pid ?? 0, port, stop };
  } catch (error) {
    await stop();
    throw new Error(`${name} did not start: ${(error as Error).message}\n${errors}`.trim());
  }
}

/** Starts `node` and waits until it has ended. */
export async function runProcess(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: "ignore", env: {} });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with exit code ${code}`);
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
      settle(() => reject(new Error(`it ended with ${signal ?? `exit code ${code}`}`))),
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
