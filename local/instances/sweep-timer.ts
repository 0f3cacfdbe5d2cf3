import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { nodeFlagsWithin } from "../../bundle/node-flags.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import type { InstanceOptions } from "./instance.ts";
import { spawnNode } from "./spawn-node.ts";

/** The options of a timer. */
export interface SweepTimerOptions
  extends Pick<InstanceOptions, "name" | "entry" | "memoryLimit" | "env"> {
  /** Milliseconds between two sweeps. */
  readonly intervalMs: number;
  /** Receives the lines of the sweeps, and a line for each that fails. */
  readonly log: PlatformLog;
}

/**
 * Runs a function's program with the argument `sweep` at an interval, as a CronJob does on Knative. The
 * program calls the function, which may be at zero. If a sweep takes longer than the interval, the next
 * one is skipped.
 */
export class SweepTimer {
  readonly #options: SweepTimerOptions;
  readonly #timer: NodeJS.Timeout;
  #running: { child: ChildProcess; ended: Promise<void> } | undefined;
  #closed = false;

  constructor(options: SweepTimerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), options.intervalMs);
  }

  /** Starts no more sweeps, and ends the one that runs. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    // Nothing is lost: the function finishes a call that it has received.
    this.#running?.child.kill("SIGKILL");
    await this.#running?.ended;
  }

  #sweep(): void {
    if (this.#running) return;
    const { entry, memoryLimit, env } = this.#options;
    const child = spawnNode([...nodeFlagsWithin(memoryLimit), entry, "sweep"], {
      env,
      // By the channel it notices that the platform has ended.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    const ended = this.#watch(child).then((failure) => {
      this.#running = undefined;
      if (failure === undefined || this.#closed) return;
      const { name, log } = this.#options;
      log.error(`the sweep of ${name} ${failure}`, { function: name });
    });
    this.#running = { child, ended };
  }

  /** Resolves when the process has ended: with its failure, or undefined for exit code 0. */
  #watch(child: ChildProcess): Promise<string | undefined> {
    const { stdout, stderr } = child;
    if (stdout) createInterface({ input: stdout }).on("line", this.#options.log.pass);
    const errors = stderr ? text(stderr) : Promise.resolve("");
    return new Promise((resolve) => {
      child.once("close", async (code, signal) => {
        if (code === 0) return resolve(undefined);
        const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
        const stderr = (await errors).trim();
        resolve(how + (stderr && `: ${stderr}`));
      });
      child.once("error", (error) => {
        if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
      });
    });
  }
}
