import { Agent } from "node:http";
import { type ExchangeError, exchange } from "#load/exchange.ts";
import { epochMs } from "../records/clock.ts";
import { type SentStep, startTrace } from "../records/sent-step.ts";
import type { VisitOptions } from "./send-pages.ts";

/** Requests the page of the smallest server, on a new connection. Never rejects. */
export async function sendFloor(options: Omit<VisitOptions, "random">): Promise<SentStep> {
  const { storefront, intendedAtMs, timeoutMs, signal } = options;
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
  const isOk = status === "200";
  return {
    step: "GET /",
    intendedAtMs,
    sentAtMs,
    latencyMs,
    status,
    isOk,
    serverTiming: "",
    traceId,
  };
}
