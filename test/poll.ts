import { setTimeout as delay } from "node:timers/promises";

/** Asks until the answer is there, every 50 ms; throws with the last state after the bound. */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  what: () => string,
  boundMs = 15_000,
): Promise<T> {
  const endMs = performance.now() + boundMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`not there after ${boundMs} ms: ${what()}`);
    await delay(50);
  }
}
