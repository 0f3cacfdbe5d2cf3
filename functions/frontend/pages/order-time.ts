import { html } from "hono/html";
import type { Html } from "./html.ts";

/** The time of an order, such as `2026-11-26 15:04 UTC`: the visitor's time zone is not known. */
export function renderOrderTime(epochMs: bigint): Html {
  const text = new Date(Number(epochMs)).toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace("T", " ")} UTC</time>`;
}
