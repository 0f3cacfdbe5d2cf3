import { connect } from "node:net";
import type { Problem } from "./target.ts";

/**
 * The time within which each input is answered or its connection closed, in milliseconds: that of
 * runtime/connection-limits.ts.
 */
export const answerLimitMs = 60_000;

const keptBytes = 64 * 1024;

// A request that is complete is answered sooner on an idle machine. Node.js treats a client that ends its side
// earlier as disconnected, and would not answer.
const patienceMs = 20;

/** The end of a connection. */
export interface Received {
  /** The first 64 KiB, one character for each byte. */
  readonly text: string;
  /** The problem that the connection stayed open; undefined if it was closed in time. */
  readonly hang: Problem | undefined;
}

/**
 * Sends bytes on a connection of its own and, by default, soon after the end of this side. Resolves once the
 * other side has closed it, or the time is over.
 *
 * @param options `limitMs` instead of `answerLimitMs`; `holds` to keep this side open
 */
export function sendBytes(
  port: number,
  bytes: Uint8Array,
  options: { readonly limitMs?: number; readonly holds?: boolean } = {},
): Promise<Received> {
  const { limitMs = answerLimitMs, holds = false } = options;
  const { promise, resolve } = Promise.withResolvers<Received>();
  let text = "";
  let hang: Problem | undefined;
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const timer = setTimeout(() => {
    const message = `neither closed nor answered within ${limitMs} ms: ${JSON.stringify(text)}`;
    hang = { message, isTimely: true };
    socket.destroy();
  }, limitMs);
  socket.setEncoding("latin1");
  const ending = setTimeout(() => !holds && socket.end(), patienceMs);
  socket.on("data", (chunk: string) => {
    if (!holds) socket.end();
    if (text.length < keptBytes) text += chunk;
  });
  socket.on("end", () => socket.end());
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    clearTimeout(timer);
    clearTimeout(ending);
    resolve({ text, hang });
  });
  socket.write(bytes);
  return promise;
}
