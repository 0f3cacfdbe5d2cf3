import type { Coverage } from "./coverage.ts";
import { invariants, readOutcome } from "./invariants.ts";
import type { Mutation } from "./mutations.ts";
import type { Server } from "./server.ts";
import { Shop } from "./shop.ts";
import type { Task } from "./simulation.ts";
import { crashing, type Run, type Step } from "./steps.ts";
import { Visitors } from "./visitors.ts";

/** The options of a run. */
export interface RunOptions {
  /** The defect to build in; none by default. */
  readonly mutation?: Mutation;
  /** Counts what the runs reach. */
  readonly coverage?: Coverage;
  /** Whether the error contains the steps; they cost time. */
  readonly isTraced?: boolean;
}

/** A run violated an invariant. */
export class InvariantViolation extends Error {
  /** The names of the violated invariants. */
  readonly violated: readonly string[];

  constructor(
    violations: readonly (readonly [name: string, lines: readonly string[]])[],
    trace: readonly string[],
  ) {
    const texts = violations.map(([name, lines]) => [`violated: ${name}`, ...lines].join("\n  "));
    super([...texts, ...(trace.length > 0 ? ["steps:", ...trace] : [])].join("\n"));
    this.name = "InvariantViolation";
    this.violated = violations.map(([name]) => name);
  }
}

/**
 * Takes the steps of a run, then lets everything work again for one interval of the sweep, and checks the
 * invariants.
 *
 * @throws InvariantViolation
 */
export async function runModel(run: Run, options: RunOptions = {}): Promise<void> {
  const { mutation, coverage, isTraced = false } = options;
  const shop = new Shop({ isTraced, ...(mutation && { mutation }) });
  const visitors = new Visitors(shop);
  for (const user of [0, 1]) for (const product of [0, 1]) await visitors.add(user, product);
  for (const step of run.steps) await take(shop, visitors, step, coverage);
  await recover(shop, visitors);
  coverage?.recordEnd(shop, visitors);
  const outcome = readOutcome(shop, visitors, run.hasFaults);
  const violations = Object.entries(invariants)
    .map(([name, check]) => [name, check(outcome)] as const)
    .filter(([, lines]) => lines.length > 0);
  if (violations.length > 0) throw new InvariantViolation(violations, shop.sim.trace ?? []);
}

async function take(
  shop: Shop,
  visitors: Visitors,
  step: Step,
  coverage?: Coverage,
): Promise<void> {
  const { sim } = shop;
  switch (step.do) {
    case "run":
      if (sim.tasks.length > 0) await sim.run(step.pick % sim.tasks.length);
      return;
    case "continue":
      for (let count = 0; count < step.count; count += 1) await sim.run(0);
      return;
    case "order":
      await visitors.order(step);
      break;
    case "add":
      await visitors.add(step.user, step.product);
      break;
    case "price":
      visitors.raisePrice(step.product);
      break;
    case "crash": {
      const server = shop.servers[step.process % crashing.length];
      if (!server || (step.isMidOrder && !isMidOrder(sim.tasks, server))) break;
      coverage?.recordCrash(sim.tasks, server);
      server.crash(step.losesMessages);
      break;
    }
    case "drain":
      visitors.drain(step.instance);
      break;
    case "sweep":
      visitors.sweep(step.instance);
      break;
    case "look":
      visitors.look(step.user, step.instance);
      break;
    case "resend":
      visitors.resend(step.instance);
      break;
    case "forget":
      visitors.forget(step.instance);
      break;
    case "advance":
      sim.record(`${step.ms} ms pass`);
      sim.advance(step.ms);
      break;
    case "cancel": {
      const waiting = visitors.attempts.filter(({ answer }) => answer === undefined);
      if (waiting.length > 0) waiting[step.pick % waiting.length]?.cancel();
      break;
    }
    default:
      disturb(shop, step);
  }
  await sim.settle();
}

function isEffect({ label }: Task): boolean {
  return /^(?:payment|shipping\.(?!getQuote)|event|mail|dead letter|cart\.removeItems)/.test(label);
}

function isMidOrder(tasks: readonly Task[], { life }: Server<unknown>): boolean {
  return tasks.some(
    (task) =>
      life !== undefined &&
      (task.owner === life || task.sender === life) &&
      (isEffect(task) || /^orders\.re/.test(task.label)),
  );
}

// Longer than every deadline.
const lateMs = 30_000;

function disturb(
  { sim }: Shop,
  { do: how, at, pick }: Step & { do: "fail" | "lose" | "repeat" | "late" },
): void {
  const canHappen = (task: Task) => {
    if (at === "effect" && !isEffect(task)) return false;
    return how === "lose" || how === "late" ? task.canLose === true : task[how] !== undefined;
  };
  const candidates = sim.tasks.filter(canHappen);
  const task = candidates[pick % Math.max(1, candidates.length)];
  if (!task) return;
  sim.record(`${task.label}: ${how}`);
  sim.tasks.splice(sim.tasks.indexOf(task), 1);
  if (how === "late") sim.at(sim.now() + lateMs, task);
  else if (how !== "lose") task[how]?.();
}

// The interval of the sweep.
const intervalMs = 600_000;

async function recover(shop: Shop, visitors: Visitors): Promise<void> {
  const { sim, checkouts } = shop;
  sim.record("everything works again");
  // Requests that nobody waits for arrive at last, after everything else.
  const strays = sim.takeStrays();
  await runUntilIdle(shop);
  for (const checkout of checkouts) checkout.start();
  await runUntilIdle(shop);
  sim.advance(intervalMs);
  visitors.sweep(0);
  await runUntilIdle(shop);
  sim.tasks.push(...strays);
  await runUntilIdle(shop);
}

// More than any run needs: about 20 calls of 100 tasks.
const maxTasks = 5000;

async function runUntilIdle({ sim }: Shop): Promise<void> {
  for (let count = 0; count < maxTasks; count += 1) {
    if (sim.tasks.length > 0) await sim.run(0);
    else {
      const waitMs = sim.untilNextTimer();
      if (waitMs === undefined) return;
      sim.advance(waitMs);
    }
  }
  throw new Error(`the shop still works after ${maxTasks} tasks`);
}
