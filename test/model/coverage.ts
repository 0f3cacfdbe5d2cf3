import type { Server } from "./server.ts";
import type { Shop } from "./shop.ts";
import type { Task } from "./simulation.ts";
import type { Visitors } from "./visitors.ts";

/** Counts what runs reach, to see that they explore what they are for. */
export class Coverage {
  /** How often each task was open in a checkout process that crashed: the awaits at which it died. */
  readonly crashes = new Map<string, number>();
  /** How many orders ended in each state. */
  readonly states = new Map<string, number>();
  /** How often each answer was given to a visitor. */
  readonly answers = new Map<string, number>();

  /** Counts the awaits of a process that is about to crash. */
  recordCrash(tasks: readonly Task[], server: Server<unknown>): void {
    const { life } = server;
    if (!life?.name.startsWith("checkout")) return;
    for (const { owner, sender, label } of tasks) {
      if (owner === life || sender === life) count(this.crashes, label);
    }
  }

  /** Counts the orders and the answers of a run that has ended. */
  recordEnd(shop: Shop, { attempts }: Visitors): void {
    for (const { state } of shop.orders.list()) count(this.states, String(state));
    for (const { answer } of attempts) {
      if (!answer) count(this.answers, "none");
      else if (answer instanceof Error)
        count(this.answers, `${answer.code} ${answer.info?.reason ?? ""}`.trim());
      else count(this.answers, "OK");
    }
  }

  /** One line for each count, greatest first. */
  lines(): string[] {
    return Object.entries({
      crashes: this.crashes,
      states: this.states,
      answers: this.answers,
    }).flatMap(([title, counts]) => [
      `${title}:`,
      ...[...counts]
        .toSorted((a, b) => b[1] - a[1])
        .map(([name, n]) => `  ${String(n).padStart(7)} ${name}`),
    ]);
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
