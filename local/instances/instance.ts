import { ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { PlatformMessage } from "#runtime/platform-ipc.ts";
import { nodeFlags } from "../../bundle/node-flags.ts";

/** How an instance is started and watched. */
export interface InstanceOptions {
  /** The function's name, for messages. */
  name: string;
  /** The program that Node runs. */
  entry: string;
  /** The whole environment of the process. */
  env: NodeJS.ProcessEnv;
  /** How long it may take until it is ready. */
  startTimeoutMs: number;
  /** How long it may drain after SIGTERM before it is killed. */
  drainTimeoutMs: number;
  /** Receives each line that it writes to standard output. */
  onLogLine: (line: string) => void;
  /** Hears how many requests are in flight. */
  onInFlight: (count: number) => void;
}

/** What an instance said when it became ready. */
export interface Readiness {
  /** Where it takes requests, on the loopback address. */
  port: number;
  /** Where its metrics are read. */
  metricsPort: number;
  /** Milliseconds of each boot phase. */
  boot: Readonly<Record<string, number>>;
}

/** How an instance ended. */
export interface InstanceExit {
  /** It was asked to stop and exited by itself with code 0. */
  orderly: boolean;
  /** What happened, in words, with the end of standard error after a crash. */
  message: string;
}

const stderrKeptBytes = 4096;

/** One process of a function, from its start to its end. */
export class Instance {
  /** Resolves when it takes requests; rejects when it ends before that or takes too long. */
  readonly ready: Promise<Readiness>;
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<InstanceExit>;
  /** When it was started, on the clock of `performance.now()`. */
  readonly startedMs = performance.now();
  readonly #options: InstanceOptions;
  readonly #child: ChildProcess;
  #stderr = "";
  #readiness: Readiness | undefined;
  #stopping = false;
  #killTimer: NodeJS.Timeout | undefined;
  #gone = false;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#child = spawnNode([...nodeFlags, options.entry], {
      env: { ...options.env, SHOP_SPAWNED_AT: String(performance.timeOrigin + performance.now()) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own: Ctrl-C reaches the platform alone, which then stops all in order.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.#captureOutput();
    this.exited = this.#watchExit();
    this.ready = this.#watchReady();
    // The error reaches those who wait; it is not unhandled if none does.
    this.ready.catch(() => undefined);
  }

  /** The process id; undefined where the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it said when it became ready; undefined before. */
  get readiness(): Readiness | undefined {
    return this.#readiness;
  }

  /** True as soon as it is asked to stop. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Whether it ends within a time; false as soon as that is over. */
  async exitsWithin(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    const exited = await Promise.race([this.exited.then(() => true), over]);
    clearTimeout(timer);
    return exited;
  }

  /** Asks it to finish its requests and exit, and kills it after the timeout. Safe to call twice. */
  stop(drainTimeoutMs: number = this.#options.drainTimeoutMs): Promise<InstanceExit> {
    this.#stopping = true;
    if (!this.#gone) {
      this.#child.kill("SIGTERM");
      clearTimeout(this.#killTimer);
      this.#killTimer = setTimeout(() => this.#child.kill("SIGKILL"), drainTimeoutMs);
    }
    return this.exited;
  }

  #captureOutput(): void {
    const { stdout, stderr } = this.#child;
    if (stdout) createInterface({ input: stdout }).on("line", this.#options.onLogLine);
    stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrKeptBytes);
    });
  }

  #watchExit(): Promise<InstanceExit> {
    const { name } = this.#options;
    return new Promise((resolve) => {
      const end = (orderly: boolean, what: string) => {
        this.#gone = true;
        clearTimeout(this.#killTimer);
        const stderr = orderly ? "" : this.#stderr.trim();
        resolve({ orderly, message: `${name} ${what}${stderr && `: ${stderr}`}` });
      };
      // `close` and not `exit`: by then standard error was read to its end.
      this.#child.once("close", (code, signal) => {
        const orderly = this.#stopping && code === 0;
        end(orderly, signal ? `was ended by ${signal}` : `exited with code ${code}`);
      });
      this.#child.once("error", (error) => {
        if (this.#child.pid === undefined) end(false, `could not be started: ${error.message}`);
      });
    });
  }

  #watchReady(): Promise<Readiness> {
    const { name, startTimeoutMs, onInFlight } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${name} was not ready after ${startTimeoutMs} ms`));
        void this.#kill();
      }, startTimeoutMs);
      this.#child.on("message", (message) => {
        if (!isPlatformMessage(message)) return;
        if (message.type === "inflight") return onInFlight(message.count);
        clearTimeout(timer);
        const { port, metricsPort, boot } = message;
        this.#readiness = { port, metricsPort, boot };
        resolve(this.#readiness);
      });
      void this.exited.then((exit) => {
        clearTimeout(timer);
        reject(new Error(exit.message));
      });
    });
  }

  #kill(): Promise<InstanceExit> {
    this.#child.kill("SIGKILL");
    return this.exited;
  }
}

// Node.js emits most failures to spawn as an event and throws the others, such as E2BIG and ENOMEM.
function spawnNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(process.execPath, args, options);
  } catch (error) {
    const child = new ChildProcess();
    process.nextTick(() => child.emit("error", error));
    return child;
  }
}

function isPlatformMessage(message: unknown): message is PlatformMessage {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (message.type === "inflight") return "count" in message && Number.isInteger(message.count);
  return message.type === "ready" && "port" in message && Number.isInteger(message.port);
}
