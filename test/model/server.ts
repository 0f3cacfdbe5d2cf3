import { StatusError } from "#runtime/status.ts";
import type { Life, Simulation } from "./simulation.ts";

/** A process that crashes and is started again by the next request, with the same stores. */
export class Server<Handlers> {
  readonly #sim: Simulation;
  readonly #name: string;
  readonly #boot: (life: Life) => Handlers;
  readonly #failOpenCalls = new Set<() => void>();
  #running: { life: Life; handlers: Handlers } | undefined;

  constructor(sim: Simulation, name: string, boot: (life: Life) => Handlers) {
    this.#sim = sim;
    this.#name = name;
    this.#boot = boot;
  }

  /** Whether the process runs. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Its present life; undefined if it does not run. */
  get life(): Life | undefined {
    return this.#running?.life;
  }

  /** Starts the process if it does not run. */
  start(): Handlers {
    if (!this.#running) {
      const life = { name: this.#name, isOver: false };
      this.#sim.record(`${this.#name} starts`);
      this.#running = { life, handlers: this.#boot(life) };
    }
    return this.#running.handlers;
  }

  /** Handles a call; the call fails if the process crashes meanwhile. */
  serve<T>(work: (handlers: Handlers) => Promise<T> | T): Promise<T> {
    const handlers = this.start();
    return new Promise((resolve, reject) => {
      const fail = () => reject(new StatusError("UNAVAILABLE", `${this.#name} crashed`));
      this.#failOpenCalls.add(fail);
      const end = <V>(settle: (value: V) => void) => {
        return (value: V) => {
          this.#failOpenCalls.delete(fail);
          settle(value);
        };
      };
      // A handler that throws at once rejects its call.
      new Promise<T>((started) => started(work(handlers))).then(end(resolve), end(reject));
    });
  }

  /** Kills the process. Messages that it sent arrive, unless `losesMessages`. */
  crash(losesMessages: boolean): void {
    if (!this.#running) return;
    const { life } = this.#running;
    this.#running = undefined;
    this.#sim.record(`${this.#name} crashes${losesMessages ? " and loses its messages" : ""}`);
    this.#sim.end(life, losesMessages);
    const open = [...this.#failOpenCalls];
    this.#failOpenCalls.clear();
    for (const fail of open) fail();
  }
}
