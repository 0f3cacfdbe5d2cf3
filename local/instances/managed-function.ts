import { decideScale } from "../autoscaler/autoscaler.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { backOffMs, stableAfterMs } from "./back-off.ts";
import type { ColdStartRecord, FunctionSnapshot, FunctionState } from "./function-snapshot.ts";
import { Instance, type InstanceExit, type InstanceOptions } from "./instance.ts";

/** What one function needs to be run. */
export interface ManagedFunctionOptions extends Omit<InstanceOptions, "onLogLine" | "onInFlight"> {
  /** How long it may stand idle before it goes to zero. */
  idleWindowMs: number;
  /** Instances that stay without any request; more than one counts as one. */
  minScale: number;
  /** Receives the platform's lines about it, and its own. */
  log: PlatformLog;
  /** Hears that its snapshot has changed. */
  onChange: () => void;
  /** Receives each cold start once the first caller was connected. */
  onColdStart: (record: ColdStartRecord) => void;
}

/** No instance can be had; the message says why and is fit for a caller. */
export class FunctionUnavailable extends Error {
  /** After how long it is worth another try. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FunctionUnavailable";
    this.retryAfterMs = retryAfterMs;
  }
}

// A restart is due after the back-off, never a moment before its end.
const restartMarginMs = 100;

/** One function between zero and one serving instance: starts, watches and stops its processes. */
export class ManagedFunction {
  readonly #options: ManagedFunctionOptions;
  #serving: Instance | undefined;
  readonly #draining = new Set<Instance>();
  readonly #inFlight = new Map<Instance, number>();
  #coldStart: { record: ColdStartRecord; firstByteMs: number } | undefined;
  #waiting = 0;
  #starts = 0;
  #lastUsedMs = 0;
  #crashesInARow = 0;
  #downUntilMs = 0;
  #lastCrash: FunctionSnapshot["lastCrash"] = null;
  #crashed = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ManagedFunctionOptions) {
    this.#options = options;
    if (options.minScale >= 1) this.#start(performance.now(), "min scale");
  }

  /** Its name. */
  get name(): string {
    return this.#options.name;
  }

  /** Where it stands between zero and ready. */
  get state(): FunctionState {
    if (this.#serving) return this.#serving.readiness ? "ready" : "starting";
    if (this.#crashed) return "crashed";
    return this.#draining.size > 0 ? "draining" : "zero";
  }

  /** All that the console shows of it. */
  snapshot(): FunctionSnapshot {
    const shown = this.#serving ?? [...this.#draining].at(-1);
    const sinceUseMs = performance.now() - this.#lastUsedMs;
    return {
      name: this.name,
      state: this.state,
      pid: shown?.pid ?? null,
      inFlight: [...this.#inFlight.values()].reduce((sum, count) => sum + count, 0),
      waiting: this.#waiting,
      starts: this.#starts,
      lastUsedAtMs: this.#lastUsedMs === 0 ? null : Math.round(Date.now() - sinceUseMs),
      lastCrash: this.#lastCrash,
    };
  }

  /**
   * The instance that serves, started when there is none.
   *
   * @throws FunctionUnavailable when it does not start, or stays down after crashes
   */
  async acquire(firstByteMs: number): Promise<Instance> {
    const instance = this.#serving ?? this.#start(firstByteMs, "request");
    try {
      await instance.ready;
      return instance;
    } catch (error) {
      const leftMs = Math.max(0, this.#downUntilMs - performance.now());
      throw new FunctionUnavailable(`${this.name} did not start`, leftMs, { cause: error });
    }
  }

  /** Counts a caller as waiting, which keeps the function up, until the returned function runs. */
  hold(): () => void {
    this.#waiting += 1;
    this.#options.onChange();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#waiting -= 1;
      this.touch();
      this.#options.onChange();
    };
  }

  /** Bytes went through now. */
  touch(): void {
    this.#lastUsedMs = performance.now();
  }

  /** A caller was connected to the instance; the first one completes the cold start's record. */
  noteConnected(): void {
    if (!this.#coldStart) return;
    const { record, firstByteMs } = this.#coldStart;
    this.#coldStart = undefined;
    this.#options.onColdStart({ ...record, totalMs: performance.now() - firstByteMs });
  }

  /** Ends all its processes within about `drainTimeoutMs`, and starts none any more. */
  async close(drainTimeoutMs: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const instances = [...this.#draining, ...(this.#serving ? [this.#serving] : [])];
    await Promise.all(instances.map((instance) => instance.stop(drainTimeoutMs)));
  }

  #start(firstByteMs: number, cause: ColdStartRecord["cause"]): Instance {
    const leftMs = this.#downUntilMs - performance.now();
    if (this.#closed) throw new FunctionUnavailable("the platform is stopping", 1000);
    if (leftMs > 0) {
      const reason = `${this.name} keeps crashing and starts again in ${Math.ceil(leftMs)} ms`;
      throw new FunctionUnavailable(reason, leftMs);
    }
    // What was scheduled is for the instance before this one.
    clearTimeout(this.#timer);
    const instance = new Instance({
      ...this.#options,
      onLogLine: this.#options.log.pass,
      onInFlight: (count) => this.#setInFlight(instance, count),
    });
    this.#starts += 1;
    this.#crashed = false;
    this.#serving = instance;
    this.#inFlight.set(instance, 0);
    this.touch();
    instance.ready.then(
      () => this.#noteReady(instance, firstByteMs, cause),
      () => undefined, // told with its exit
    );
    void instance.exited.then((exit) => this.#noteExit(instance, exit));
    this.#options.onChange();
    return instance;
  }

  #noteReady(instance: Instance, firstByteMs: number, cause: ColdStartRecord["cause"]): void {
    const nowMs = performance.now();
    this.#coldStart = {
      firstByteMs,
      record: {
        function: this.name,
        cause,
        atMs: Math.round(Date.now() - (nowMs - firstByteMs)),
        phases: { ...instance.readiness?.boot },
        totalMs: nowMs - firstByteMs,
      },
    };
    if (cause === "min scale") this.noteConnected();
    this.touch();
    this.#schedule(this.#options.idleWindowMs, () => this.#scale());
    this.#options.onChange();
  }

  #setInFlight(instance: Instance, count: number): void {
    if (!this.#inFlight.has(instance)) return;
    this.#inFlight.set(instance, count);
    if (instance === this.#serving) this.touch();
    this.#options.onChange();
  }

  /** Sets the function's one timer: for its scale while it serves, for its restart while it is down. */
  #schedule(inMs: number | undefined, work: () => void): void {
    clearTimeout(this.#timer);
    if (inMs === undefined || this.#closed) return;
    this.#timer = setTimeout(work, inMs);
  }

  #scale(): void {
    const instance = this.#serving;
    if (!instance?.readiness) return;
    const decision = decideScale(
      {
        lastUsedMs: this.#lastUsedMs,
        inFlight: this.#inFlight.get(instance) ?? 0,
        waiting: this.#waiting,
      },
      this.#options,
      performance.now(),
    );
    if (decision.action === "keep") {
      this.#schedule(decision.lookAgainInMs, () => this.#scale());
      return;
    }
    this.#serving = undefined;
    this.#draining.add(instance);
    void instance.stop();
    this.#options.onChange();
  }

  #noteExit(instance: Instance, exit: InstanceExit): void {
    this.#inFlight.delete(instance);
    this.#draining.delete(instance);
    if (!exit.orderly && !this.#closed) this.#noteCrash(instance, exit.message);
    if (this.#serving === instance) this.#serving = undefined;
    this.#options.onChange();
  }

  #noteCrash(instance: Instance, message: string): void {
    this.#lastCrash = { atMs: Date.now(), message };
    this.#options.log.error(message, { function: this.name });
    // One that was stopping had its successor already: it does not hold that up.
    if (this.#serving !== instance) return;
    const stable = performance.now() - instance.startedMs >= stableAfterMs;
    this.#crashesInARow = stable ? 1 : this.#crashesInARow + 1;
    const delayMs = backOffMs(this.#crashesInARow);
    this.#downUntilMs = performance.now() + delayMs;
    this.#crashed = true;
    if (this.#options.minScale >= 1) {
      this.#schedule(delayMs + restartMarginMs, () => this.#start(performance.now(), "min scale"));
    }
  }
}
