import type { Changes } from "./changes.ts";
import type { ManagedFunction } from "./instances/managed-function.ts";
import type { PlatformFunction } from "./platform-options.ts";

/** How long the platform's `waitFor...` methods wait by default, in milliseconds. */
export const defaultWaitMs = 10_000;

/** Creates the description of a function for users of the platform; `address` is its activator's `host:port`. */
export function describeFunction(
  managed: ManagedFunction,
  address: string,
  changes: Changes,
): PlatformFunction {
  const { name } = managed;
  return {
    name,
    address,
    port: Number(address.slice(address.lastIndexOf(":") + 1)),
    get state() {
      return managed.state;
    },
    snapshot: () => managed.snapshot(),
    waitForState: async (state, timeoutMs = defaultWaitMs) => {
      if (await changes.waitUntil(() => managed.state === state, timeoutMs)) return;
      throw new Error(`${name} was not ${state} within ${timeoutMs} ms: it is ${managed.state}`);
    },
  };
}
