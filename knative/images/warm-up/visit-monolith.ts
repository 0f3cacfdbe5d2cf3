import { setTimeout as sleep } from "node:timers/promises";
import { planTask, type Task } from "#load/scenario.ts";
import { Session } from "#load/session.ts";

const pageTimeoutMs = 30_000;
const pollMs = 50;
const tasks: readonly Task[] = ["index", "setCurrency", "browse", "viewCart", "checkout"];

/**
 * Performs each task of the load generator's users once, including an order.
 *
 * @param url the storefront's URL; rejects for a page that fails
 */
export async function placeOrder(url: string): Promise<void> {
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
      await session.perform(planTask(task, Math.random, new Date()), performance.now());
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
