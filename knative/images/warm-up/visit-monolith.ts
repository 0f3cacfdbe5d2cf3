import { setTimeout as sleep } from "node:timers/promises";
import { planTask, type Task } from "#load/scenario.ts";
import { Session } from "#load/session.ts";

const pageTimeoutMs = 30_000;
const pollMs = 50;

/** The tasks of a visit that ends with an order. */
export const orderTasks: readonly Task[] = [
  "index",
  "setCurrency",
  "browse",
  "viewCart",
  "checkout",
];

/**
 * Performs tasks of the load generator's users, with the first product of the shop.
 *
 * @param url the storefront's URL; rejects for a page that fails
 */
export async function performTasks(url: string, tasks: readonly Task[]): Promise<void> {
  const session = new Session({
    url,
    hostHeader: null,
    timeoutMs: pageTimeoutMs,
    signal: new AbortController().signal,
    mayRequest: () => true,
    onOutcome: ({ page, error }) => {
      if (error !== undefined) throw new Error(`${page} failed: ${error}`);
    },
    onResend: () => undefined,
    onAbandon: () => undefined,
  });
  try {
    for (const task of tasks) {
      await session.perform(
        planTask(task, () => 0, new Date()),
        performance.now(),
      );
    }
  } finally {
    session.close();
  }
}

/** Waits until all functions have started and stopped; the mail is sent after the order is placed. */
export async function waitForZero(consoleUrl: string): Promise<void> {
  for (;;) {
    const { functions } = (await (await fetch(`${consoleUrl}/api/state`)).json()) as State;
    if (functions.every(({ starts, state }) => starts > 0 && state === "zero")) return;
    await sleep(pollMs);
  }
}

interface State {
  readonly functions: readonly { readonly starts: number; readonly state: string }[];
}
