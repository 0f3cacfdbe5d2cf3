import { decideScale } from "../autoscaler/autoscaler.ts";
import { BackOff, restartMarginMs } from "./back-off.ts";
import { FunctionFaults } from "./function-faults.ts";
import type { ColdStartRecord, FunctionSnapshot, FunctionState } from "./function-snapshot.ts";
import { FunctionUnavailable } from "./function-unavailable.ts";
import { Instance, type InstanceExit } from "./instance.ts";
import type { ManagedFunctionOptions } from "./managed-function-options.ts";

/** One function between zero and one serving instance: starts, watches and stops its processes. */
export class ManagedFunction {
  /** The faults that its processes inject. */
  readonly faults: FunctionFaults;
  readonly #options: ManagedFunctionOptions;
  #serving: Instance | undefined;
  readonly #draining = new Set<Instance>();
  readonly #inFlight = new Map<Instance, number>();
  #coldStart: (Pick<ColdStartRecord, "cause" | "phases"> & { firstByteMs: number }) | undefined;
  #waiting = 0;
  #starts = 0;
  #lastUsedMs = 0;
  readonly #backOff = new BackOff();
  #lastCrash: FunctionSnapshot["lastCrash"] = null;
  #crashed = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ManagedFunctionOptions) {
    this.#options = options;
    this.faults = new FunctionFaults(options.env, () => this.#inFlight.keys());
    if (options.minScale >= 1) this.acquire(performance.now(), "min scale").catch(() => undefined);
  }

  /** The function's name. */
  get name(): string {
    return this.#options.name;
  }

  /** The number of instances that stay without a request. */
  get minScale(): number {
    return this.#options.minScale;
  }

  /** Its state now. */
  get state(): FunctionState {
    if (this.#serving) return this.#serving.readiness ? "ready" : "starting";
    if (this.#crashed) return "crashed";
    return this.#draining.size > 0 ? "draining" : "zero";
  }

  /** Its state, process and counters now. */
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
   * Returns the serving instance once it is ready; starts one, for the given cause, if the function is at zero.
   *
   * @throws FunctionUnavailable if it does not start, or is down after crashes
   */
  async acquire(
    firstByteMs: number,
    cause: ColdStartRecord["cause"] = "request",
  ): Promise<Instance> {
    try {
      if (this.#options.written && !this.#serving) await this.#options.written;
      const instance = this.#serving ?? this.#start(firstByteMs, cause);
      await instance.ready;
      return instance;
    } catch (error) {
      if (error instanceof FunctionUnavailable) throw error;
      const message = `${this.name} did not start`;
      throw new FunctionUnavailable(message, this.#backOff.leftMs, { cause: error });
    }
  }

  /** Counts a caller as waiting until the returned function is called; meanwhile the function is kept. */
  reserve(): () => void {
    this.#waiting += 1;
    this.#options.onChange();
    let isReserved = true;
    return () => {
      if (!isReserved) return;
      isReserved = false;
      this.#waiting -= 1;
      this.recordUse();
      this.#options.onChange();
    };
  }

  /** Records that bytes passed now. */
  recordUse(): void {
    this.#lastUsedMs = performance.now();
  }

  /** Records that a caller is connected; the first one completes the record of the cold start. */
  recordConnection(): void {
    if (!this.#coldStart) return;
    const { firstByteMs, ...start } = this.#coldStart;
    this.#coldStart = undefined;
    const totalMs = performance.now() - firstByteMs;
    const atMs = Math.round(Date.now() - totalMs);
    this.#options.onColdStart({ function: this.name, ...start, atMs, totalMs });
  }

  /** Stops all its processes, within about `drainTimeoutMs`, and starts no more. */
  async close(drainTimeoutMs: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    // Every instance with a process has a count, until it has exited.
    await Promise.all([...this.#inFlight.keys()].map((each) => each.stop(drainTimeoutMs)));
  }

  #start(firstByteMs: number, cause: ColdStartRecord["cause"]): Instance {
    if (this.#closed) throw new FunctionUnavailable("the platform is stopping", 1000);
    this.#backOff.requireEnd(this.name);
    // The timer belongs to the previous instance.
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
    this.recordUse();
    instance.ready.then(
      () => this.#onReady(instance, firstByteMs, cause),
      () => undefined, // reported at its exit
    );
    void instance.exited.then((exit) => this.#onExit(instance, exit));
    this.#options.onChange();
    return instance;
  }

  #onReady(instance: Instance, firstByteMs: number, cause: ColdStartRecord["cause"]): void {
    this.#coldStart = { cause, firstByteMs, phases: instance.readiness?.boot ?? {} };
    if (cause === "min scale") this.recordConnection();
    this.recordUse();
    this.#schedule(this.#options.idleWindowMs, () => this.#scale());
    this.#options.onChange();
  }

  #setInFlight(instance: Instance, count: number): void {
    if (!this.#inFlight.has(instance)) return;
    this.#inFlight.set(instance, count);
    if (instance === this.#serving) this.recordUse();
    this.#options.onChange();
  }

  /** Sets the only timer: for the autoscaler while an instance serves, otherwise for the restart. */
  #schedule(inMs: number | undefined, work: () => void): void {
    clearTimeout(this.#timer);
    if (inMs === undefined || this.#closed) return;
    this.#timer = setTimeout(work, inMs);
  }

  #scale(): void {
    const instance = this.#serving;
    if (!instance?.readiness) return;
    const inFlight = this.#inFlight.get(instance) ?? 0;
    const sample = { lastUsedMs: this.#lastUsedMs, inFlight, waiting: this.#waiting };
    const againInMs = decideScale(sample, this.#options, performance.now());
    if (againInMs !== 0) return void this.#schedule(againInMs, () => this.#scale());
    this.#serving = undefined;
    this.#draining.add(instance);
    void instance.stop();
    this.#options.onChange();
  }

  #onExit(instance: Instance, exit: InstanceExit): void {
    this.#inFlight.delete(instance);
    this.#draining.delete(instance);
    if (!exit.orderly && !this.#closed) this.#recordCrash(instance, exit.message);
    if (this.#serving === instance) this.#serving = undefined;
    this.#options.onChange();
  }

  #recordCrash(instance: Instance, message: string): void {
    this.#lastCrash = { atMs: Date.now(), message, count: (this.#lastCrash?.count ?? 0) + 1 };
    this.#options.log.error(message, { function: this.name });
    if (this.#serving !== instance) return; // the crash of a stopping instance delays no start
    const delayMs = this.#backOff.recordCrash(performance.now() - instance.startedMs);
    this.#crashed = true;
    if (this.#options.minScale < 1) return;
    this.#schedule(delayMs + restartMarginMs, () => this.#start(performance.now(), "min scale"));
  }
}
