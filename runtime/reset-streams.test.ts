import assert from "node:assert/strict";
import { test } from "node:test";
import { http2Preface } from "./detect-protocol.ts";
import { implementCart } from "./fixtures/cart.ts";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

// A frame of HTTP/2 with a payload of less than 256 bytes, one character for each byte.
function frame(type: number, flags: number, streamId: number, payload: string): string {
  return `\0\0${String.fromCharCode(payload.length, type, flags)}\0\0\0${String.fromCharCode(streamId)}${payload}`;
}

// HPACK without compression.
function encodeHeaders(headers: Readonly<Record<string, string>>): string {
  const text = (value: string) => String.fromCharCode(value.length) + value;
  return Object.entries(headers)
    .map(([name, value]) => `\0${text(name)}${text(value)}`)
    .join("");
}

for (const [title, path, contentType] of [
  ["an unknown method", "/hipstershop.CartService/Unknown", "application/grpc"],
  ["another content type", "/hipstershop.CartService/GetCart", "text/plain"],
  ["a method", "/hipstershop.CartService/GetCart", "application/grpc"],
] as const) {
  test(`serves on after a request for ${title} that is reset in the same packet`, async (t) => {
    const server = await serveForTest({ services: [implementCart({})] });
    t.after(() => server.close());
    const headers = encodeHeaders({
      ...{ ":method": "POST", ":scheme": "http", ":path": path, ":authority": "shop" },
      ...{ "content-type": contentType, te: "trailers" },
    });
    const client = await RawClient.open(t, server.port);
    const reset = frame(3, 0, 1, "\0\0\0\x08");
    client.send(`${http2Preface}${frame(4, 0, 0, "")}${frame(1, 4, 1, headers)}${reset}`);
    // The answer to a PING shows that the server has read everything.
    client.send(frame(6, 0, 0, "12345678"));
    await client.untilReceived("12345678");
    assert.equal(client.ended, false);
  });
}
