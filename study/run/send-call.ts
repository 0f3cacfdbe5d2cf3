import { Agent } from "node:http";
import { type ExchangeError, exchange } from "#load/exchange.ts";
import type { Random } from "#measure/random.ts";
import { entryFunctionOf } from "../experiment/entry-function.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { Addresses } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import { type SentStep, startTrace } from "../records/sent-step.ts";
import { type CallOptions, sendPages } from "./send-pages.ts";
import { sendRpc } from "./send-rpc.ts";

/** Makes one call of a condition. Resolves to its completed steps, in order. Never rejects. */
export async function sendCall(condition: Condition, options: CallOptions): Promise<SentStep[]> {
  const { entry, timeoutMs, deployment } = condition;
  if (deployment === "floor") return [await sendFloor(timeoutMs, options)];
  if (entry.kind !== "rpc") return sendPages({ entry, timeoutMs }, options);
  const address = options.addresses.rpcOf(entryFunctionOf(condition));
  return [await sendRpc(entry, address, timeoutMs, options.intendedAtMs)];
}

/** Sends a condition's call once, outside of any sample. `random` draws the visitor. Never rejects. */
export function warmUpWith(random: Random) {
  return async (condition: Condition, addresses: Addresses, signal: AbortSignal): Promise<void> => {
    await sendCall(condition, { addresses, intendedAtMs: epochMs(), random, signal });
  };
}

// Requests the page of the smallest server, on a new connection.
async function sendFloor(
  timeoutMs: number,
  { addresses: { storefront }, intendedAtMs, signal }: CallOptions,
): Promise<SentStep> {
  const agent = new Agent();
  const { traceId, headers } = startTrace();
  const sentAtMs = epochMs();
  const host = storefront.hostHeader;
  const status = await exchange({
    url: new URL("/", storefront.url),
    method: "GET",
    headers: { ...headers, ...(host !== null && { host }) },
    body: undefined,
    timeoutMs,
    signal,
    agent,
  }).then(
    (answer) => String(answer.status),
    (error: ExchangeError) => error.reason,
  );
  agent.destroy();
  const latencyMs = epochMs() - intendedAtMs;
  const result = { latencyMs, status, isOk: status === "200", serverTiming: "" };
  return { step: "GET /", intendedAtMs, sentAtMs, traceId, ...result };
}
