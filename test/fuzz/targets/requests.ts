import * as fc from "fast-check";
import { judgeHttp } from "../answers.ts";
import { sendBytes } from "../send-bytes.ts";
import type { FuzzedShop } from "../shop/fuzzed-shop.ts";
import type { Problem } from "../target.ts";

/** An HTTP request whose form is right; its content may not be. */
export interface SentRequest {
  /** The method. */
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  /** Names and values, one character for each byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body; its length is sent. */
  readonly body: string | Uint8Array;
}

/** Sends a request on a connection of its own. Resolves to what is wrong with the response. */
export async function sendRequest(
  shop: FuzzedShop,
  to: string,
  { method, path, headers, body }: SentRequest,
): Promise<Problem | undefined> {
  const bytes = Buffer.from(body);
  const own = [
    ["host", `127.0.0.1:${shop.portOf(to)}`],
    ["connection", "close"],
  ];
  const all = [...own, ...headers, ["content-length", `${bytes.length}`]];
  // Node.js answers a control character in a header before it has read the body, and closes the connection.
  const lines = all.map(
    ([name, value = ""]) => `${name}: ${value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "")}\r\n`,
  );
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  const sent = Buffer.concat([Buffer.from(head, "latin1"), bytes]);
  const { text, hang } = await sendBytes(shop, to, sent);
  return judgeHttp(text) ?? hang;
}

/** A header with one of the values. */
export function anyHeader(
  name: string,
  values: fc.Arbitrary<string>,
): fc.Arbitrary<(readonly [string, string])[]> {
  return fc.option(values, { nil: undefined }).map((value) => {
    return value === undefined ? [] : [[name, Buffer.from(value).toString("latin1")] as const];
  });
}
