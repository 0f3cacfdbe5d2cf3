import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type LivenessProbe, livenessProbe } from "#manifest/liveness-probe.ts";
import type { PlatformMessage } from "#runtime/platform-ipc.ts";
import { nodeFlagsWithin } from "../../bundle/node-flags.ts";
import { Adoptions } from "./adoptions.ts";
import { ExitReason } from "./exit-reason.ts";
import { sendFaults } from "./send-faults.ts";
import { spawnNode } from "./spawn-node.ts";
import { watchLiveness } from "./watch-liveness.ts";

/** The options of an instance. */
export interface InstanceOptions {
  /** The function's name, for messages. */
  name: string;
  /** The absolute path of the program that Node.js runs. */
  entry: string;
  /** The memory that its pod would have at most, as a quantity such as `256Mi`. */
  memoryLimit: string;
  /** The whole environment of the process. */
  env: NodeJS.ProcessEnv;
  /** Milliseconds until it must be ready; 15,000 by default. */
  startTimeoutMs?: number | undefined;
  /** The probe by which it is killed if it hangs; `livenessProbe` by default. */
  liveness?: LivenessProbe | undefined;
  /** Receives each line that it writes to standard output. */
  onLogLine: (line: string) => void;
  /** Receives the number of requests in flight after each change. */
  onInFlight: (count: number) => void;
}

/** The message of an instance that is ready; its ports are on 127.0.0.1. */
export type Readiness = Extract<PlatformMessage, { type: "ready" }>;

/** How an instance exited. */
export interface InstanceExit {
  /** Whether it received SIGTERM from the platform and then exited with code 0. */
  orderly: boolean;
  /** A sentence with its exit code or signal; after a crash, also with the end of what it wrote about it. */
  message: string;
}

const defaultStartTimeoutMs = 15_000;
// A pod's grace period: timeoutSeconds in the manifests.
const defaultDrainTimeoutMs = 60_000;

/** One process of a function, from its start to its exit. */
export class Instance {
  /** Resolves when it accepts requests; rejects if it exits before that or takes too long. */
  readonly ready: Promise<Readiness>;
  /** Resolves when the process has exited; never rejects. */
  readonly exited: Promise<InstanceExit>;
  /** When it was started, in milliseconds of `performance.now()`. */
  readonly startedMs = performance.now();
  /** Passes HTTP/2 connections to it. */
  readonly adoptions: Adoptions;
  readonly #options: InstanceOptions;
  readonly #child: ChildProcess;
  readonly #exitReason = new ExitReason();
  #readiness: Readiness | undefined;
  #stopping = false;
  #killReason: string | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #gone = false;
  #endProbes = (): void => undefined;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#child = spawnNode([...nodeFlagsWithin(options.memoryLimit), options.entry], {
      env: { ...options.env, SHOP_SPAWNED_AT: String(performance.timeOrigin + performance.now()) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A separate process group: Ctrl-C sends SIGINT only to the platform, which then stops all functions.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.adoptions = new Adoptions(this.#child);
    this.#captureOutput();
    this.exited = this.#watchExit();
    this.ready = this.#watchReady();
    // Callers that wait get the error; without a caller it must not be an unhandled rejection.
    this.ready.catch(() => undefined);
  }

  /** The process id; undefined if the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Its message from the moment when it became ready; undefined before. */
  get readiness(): Readiness | undefined {
    return this.#readiness;
  }

  /** Whether the platform has sent it SIGTERM. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Resolves with true if the process exits within `timeoutMs`, otherwise with false. */
  exitsWithin(timeoutMs: number): Promise<boolean> {
    const isOver = sleep(timeoutMs, false, { ref: false });
    return Promise.race([this.exited.then(() => true), isOver]);
  }

  /**
   * Sends SIGTERM, after which it finishes its requests and exits, and SIGKILL if it has not exited after
   * `drainTimeoutMs`. Safe to call twice.
   */
  stop(drainTimeoutMs: number = defaultDrainTimeoutMs): Promise<InstanceExit> {
    this.#stopping = true;
    this.#endProbes();
    if (!this.#gone) {
      this.#child.kill("SIGTERM");
      clearTimeout(this.#killTimer);
      const late = `it did not exit within ${drainTimeoutMs} ms of SIGTERM`;
      this.#killTimer = setTimeout(() => this.kill(late), drainTimeoutMs);
    }
    return this.exited;
  }

  /**
   * Sends SIGKILL.
   *
   * @param reason a sentence for its exit's message, such as `it was not ready after 15000 ms`
   */
  kill(reason: string): void {
    this.#killReason ??= reason;
    this.#child.kill("SIGKILL");
  }

  /** Replaces the faults that it injects. Rejects if it does not confirm them. */
  setFaults(rules: string): Promise<void> {
    return sendFaults(this.#child, rules);
  }

  #captureOutput(): void {
    const { stdout, stderr } = this.#child;
    if (stdout) {
      createInterface({ input: stdout }).on("line", (line) => {
        this.#exitReason.addLine(line);
        this.#options.onLogLine(line);
      });
    }
    stderr?.setEncoding("utf8").on("data", (text: string) => this.#exitReason.addError(text));
  }

  #watchExit(): Promise<InstanceExit> {
    const { name } = this.#options;
    return new Promise((resolve) => {
      const end = (orderly: boolean, what: string) => {
        this.#gone = true;
        this.#endProbes();
        clearTimeout(this.#killTimer);
        resolve({ orderly, message: `${name} ${what}` });
      };
      // `close` instead of `exit`: by then standard error has been read completely.
      this.#child.once("close", (code, signal) => {
        const orderly = this.#stopping && code === 0;
        end(orderly, this.#exitReason.describe({ code, signal, killReason: this.#killReason }));
      });
      this.#child.once("error", (error) => {
        if (this.#child.pid === undefined) end(false, `could not be started: ${error.message}`);
      });
    });
  }

  #watchReady(): Promise<Readiness> {
    const { name, startTimeoutMs = defaultStartTimeoutMs, onInFlight } = this.#options;
    const { liveness = livenessProbe } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const late = `was not ready after ${startTimeoutMs} ms`;
        reject(new Error(`${name} ${late}`));
        this.kill(`it ${late}`);
      }, startTimeoutMs);
      this.#child.on("message", (message) => {
        if (!isLifeCycleMessage(message)) return;
        if (message.type === "inflight") return onInFlight(message.count);
        clearTimeout(timer);
        this.#readiness = message;
        this.#endProbes = watchLiveness(message.port, liveness, (reason) => this.kill(reason));
        resolve(message);
      });
      void this.exited.then((exit) => {
        clearTimeout(timer);
        reject(new Error(exit.message));
      });
    });
  }
}

type LifeCycleMessage = Extract<PlatformMessage, { type: "ready" | "inflight" }>;

function isLifeCycleMessage(message: unknown): message is LifeCycleMessage {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (message.type === "inflight") return "count" in message && Number.isInteger(message.count);
  return message.type === "ready" && "port" in message && Number.isInteger(message.port);
}
