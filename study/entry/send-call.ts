import { wholeShop } from "#knative/whole/whole-service.ts";
import type { Random } from "#load/random.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { Addresses } from "../target/target.ts";
import { readMethod } from "./methods.ts";
import { sendFloor } from "./send-floor.ts";
import { sendPages } from "./send-pages.ts";
import { sendRpc } from "./send-rpc.ts";
import type { SentStep } from "./sent-step.ts";

/** What one call needs beside its condition. */
export interface CallOptions {
  readonly addresses: Addresses;
  /** Epoch milliseconds at which it was due. */
  readonly intendedAtMs: number;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Makes one call of a condition: the steps that came to an end, in their order. Never rejects. */
export async function sendCall(condition: Condition, options: CallOptions): Promise<SentStep[]> {
  const { entry, timeoutMs, deployment } = condition;
  const { addresses } = options;
  const visit = { ...options, timeoutMs, storefront: addresses.storefront };
  if (deployment === "floor") return [await sendFloor(visit)];
  if (entry.kind !== "rpc") return sendPages(entry, visit);
  const address = addresses.rpcOf(entryFunctionOf(condition));
  return [await sendRpc(entry, address, visit)];
}

/** The function that a condition's calls meet first, as it is called where it is not the ten's. */
export function entryFunctionOf({
  entry,
  deployment,
}: Pick<Condition, "entry" | "deployment">): string {
  if (deployment === "whole") return wholeShop;
  if (deployment === "floor") return floorFunction;
  if (entry.kind !== "rpc") return "frontend";
  const method = readMethod(entry.method);
  if (typeof method === "string") throw new Error(method);
  return deployment === "ordinary" ? `${method.functionName}-ordinary` : method.functionName;
}

/** The name of the smallest server. */
export const floorFunction = "study-floor";
