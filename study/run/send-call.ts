import type { Random } from "#measure/random.ts";
import { entryFunctionOf } from "../experiment/entry-function.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { Addresses } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import type { SentStep } from "../records/sent-step.ts";
import { sendFloor } from "./send-floor.ts";
import { sendPages } from "./send-pages.ts";
import { sendRpc } from "./send-rpc.ts";

/** What one call needs besides its condition. */
export interface CallOptions {
  /** Where the call goes. */
  readonly addresses: Addresses;
  /** Epoch milliseconds at which the call is due. */
  readonly intendedAtMs: number;
  /** Draws the visitor. */
  readonly random: Random;
  /** Cancels the call. */
  readonly signal: AbortSignal;
}

/** Makes one call of a condition. Resolves to its completed steps, in order. Never rejects. */
export async function sendCall(condition: Condition, options: CallOptions): Promise<SentStep[]> {
  const { entry, timeoutMs, deployment } = condition;
  const { addresses } = options;
  const visit = { ...options, timeoutMs, storefront: addresses.storefront };
  if (deployment === "floor") return [await sendFloor(visit)];
  if (entry.kind !== "rpc") return sendPages(entry, visit);
  const address = addresses.rpcOf(entryFunctionOf(condition));
  return [await sendRpc(entry, address, visit)];
}

/** Sends a condition's call once, outside of any sample. `random` draws the visitor. Never rejects. */
export function warmUpWith(random: Random) {
  return async (condition: Condition, addresses: Addresses, signal: AbortSignal): Promise<void> => {
    await sendCall(condition, { addresses, intendedAtMs: epochMs(), random, signal });
  };
}
