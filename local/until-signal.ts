import { once } from "node:events";
import type { Platform } from "./platform.ts";

/**
 * Waits for SIGINT (Ctrl-C) or SIGTERM and closes the platform, which may still be starting: the kernel
 * does not deliver a signal to PID 1 of a container without a handler. A second signal ends this process
 * at once, and the functions exit by themselves. Rejects if the platform does not start.
 */
export async function closeOnSignal(starting: Platform | Promise<Platform>): Promise<void> {
  const handlers = new AbortController();
  const { signal } = handlers;
  const signalled = Promise.race(
    ["SIGINT", "SIGTERM"].map((name) => once(process, name, { signal })),
  ).finally(() => handlers.abort());
  const platform = await starting;
  await signalled;
  await platform.close();
}
