import { setImmediate as drainMicrotasks } from "node:timers/promises";

/** The time between the start of a process and its end by a crash. */
export interface Life {
  /** The process, such as `checkout 1`. */
  readonly name: string;
  /** Whether the process has crashed: none of its promises settles any more. */
  isOver: boolean;
}

/** A step that can happen next. */
export interface Task {
  /** The step, such as `payment.charge answer`. */
  readonly label: string;
  /** The process that would take the step; undefined for one that happens although its sender crashed. */
  readonly owner: Life | undefined;
  /** The process whose message this is; its crash may lose the message. */
  readonly sender?: Life;
  /** Takes the step. */
  run(): void;
  /** Lets it fail instead; undefined if it cannot fail. */
  fail?(): void;
  /** Lets it happen twice, as a request that a client retries; undefined if it cannot. */
  repeat?(): void;
  /** Whether its sender no longer waits for it; undefined if it has no answer. */
  isStray?(): boolean;
  /** Whether it may never happen, as a message that gets lost. */
  readonly canLose?: boolean;
}

interface Timer {
  readonly atMs: number;
  readonly task: Task;
}

/**
 * A deterministic scheduler with a clock of its own. Everything that takes time in the model is a task, and
 * the caller decides which one happens next. Timers become tasks when the clock reaches them.
 */
export class Simulation {
  /** The tasks that can happen next, oldest first. */
  readonly tasks: Task[] = [];
  /** The steps so far; undefined if they are not recorded. */
  readonly trace: string[] | undefined;
  #timers: Timer[] = [];
  #taken = 0;
  #nowMs = Date.UTC(2030, 0, 1);
  #lastId = 0;

  constructor(options: { isTraced: boolean }) {
    this.trace = options.isTraced ? [] : undefined;
  }

  /** Epoch milliseconds of the model. */
  readonly now = (): number => this.#nowMs;

  /** How many tasks were taken. */
  get taken(): number {
    return this.#taken;
  }

  /** A UUID that no other call returns. */
  readonly newId = (): string => {
    this.#lastId += 1;
    return `00000000-0000-4000-8000-${String(this.#lastId).padStart(12, "0")}`;
  };

  /** Adds a task. */
  schedule(task: Task): void {
    if (!task.owner?.isOver) this.tasks.push(task);
  }

  /** Adds a task that can happen from a time on; the result removes it. */
  at(atMs: number, task: Task): () => void {
    const timer = { atMs, task };
    if (atMs <= this.#nowMs) this.schedule(task);
    else this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
      const index = this.tasks.indexOf(task);
      if (index >= 0) this.tasks.splice(index, 1);
    };
  }

  /** Moves the clock; timers become tasks in the order of their times. */
  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { task } of due.toSorted((a, b) => a.atMs - b.atMs)) this.schedule(task);
  }

  /** Milliseconds until the next timer; undefined if there is none. */
  untilNextTimer(): number | undefined {
    const times = this.#timers.map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : Math.min(...times) - this.#nowMs;
  }

  /** Takes one task and everything that follows from it without a further task. */
  async run(index: number): Promise<void> {
    const [task] = this.tasks.splice(index, 1);
    if (!task) return;
    this.#taken += 1;
    this.record(task.label);
    task.run();
    await this.settle();
  }

  /** Runs the code that follows from what happened last, up to its next tasks. */
  async settle(): Promise<void> {
    await drainMicrotasks();
  }

  /** Ends a process: its tasks and timers never happen. Its messages are lost if `losesMessages`. */
  end(life: Life, losesMessages: boolean): void {
    life.isOver = true;
    const isOver = ({ owner, sender }: Task) =>
      owner === life || (losesMessages && sender === life);
    const left = this.tasks.filter((task) => !isOver(task));
    this.tasks.splice(0, this.tasks.length, ...left);
    this.#timers = this.#timers.filter(({ task }) => !isOver(task));
  }

  /** Removes the requests that nobody waits for. */
  takeStrays(): Task[] {
    const strays = this.tasks.filter((task) => task.isStray?.());
    const left = this.tasks.filter((task) => !strays.includes(task));
    this.tasks.splice(0, this.tasks.length, ...left);
    return strays;
  }

  /** Adds a line to the trace. */
  record(line: string): void {
    this.trace?.push(line);
  }
}
