import type { IncomingMessage } from "node:http";
import { readWeights } from "#runtime/content-encoding.ts";
import type { BusyAnswer } from "#runtime/request-limit.ts";
import { busyPage } from "../pages/busy.ts";

/** The page for a rejected request if its client prefers HTML to text, as browsers do. */
export function answerBusy({
  headers: { accept = "" },
}: Pick<IncomingMessage, "headers">): BusyAnswer | undefined {
  // Most other clients, which are not worth more time of a busy process.
  if (!accept.includes("text/html")) return undefined;
  const weights = readWeights(accept);
  const html = weights.get("text/html") ?? 0;
  const text = weights.get("text/plain") ?? weights.get("text/*") ?? weights.get("*/*") ?? 0;
  return html > 0 && html >= text ? busyPage : undefined;
}
