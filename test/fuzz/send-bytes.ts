import { connect } from "node:net";
import type { FuzzedShop } from "./shop/fuzzed-shop.ts";
import type { Problem } from "./target.ts";

const keptBytes = 64 * 1024;

/** The end of a connection. */
export interface Received {
  /** The first 64 KiB, one character for each byte. */
  readonly text: string;
  /** The problem that the connection stayed open; undefined if it was closed in time. */
  readonly hang: Problem | undefined;
}

/**
 * Sends bytes on a connection of its own. Resolves once the other side has closed it, or the time of the shop
 * is over.
 *
 * @param endAfterMs when this side ends, at the latest; otherwise with the first byte of the answer
 */
export function sendBytes(
  shop: FuzzedShop,
  to: string,
  bytes: Uint8Array,
  endAfterMs?: number,
): Promise<Received> {
  const limitMs = shop.answerLimitMs;
  const { promise, resolve } = Promise.withResolvers<Received>();
  let text = "";
  let hang: Problem | undefined;
  const socket = connect({ port: shop.portOf(to), host: "127.0.0.1", allowHalfOpen: true });
  const timer = setTimeout(() => {
    const message = `neither closed nor answered within ${limitMs} ms: ${JSON.stringify(text)}`;
    hang = { message, isTimely: true };
    socket.destroy();
  }, limitMs);
  socket.setEncoding("latin1");
  const ending = endAfterMs === undefined ? undefined : setTimeout(() => socket.end(), endAfterMs);
  socket.on("data", (chunk: string) => {
    socket.end();
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
