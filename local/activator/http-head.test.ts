import assert from "node:assert/strict";
import { test } from "node:test";
import { endsConnection, ResponseHeads, requestMethodOf } from "./http-head.ts";

const heads: readonly [head: string, ends: boolean][] = [
  ["HTTP/1.1 200 OK\r\nContent-Length: 3", false],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", false],
  ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close", true],
  ["HTTP/1.1 200 OK\r\nconnection: Keep-Alive, Close\r\ncontent-length: 3", true],
  ["HTTP/1.1 200 OK\r\nServer: x", true],
  ["HTTP/1.0 200 OK\r\nContent-Length: 3", true],
  ["HTTP/1.1 204 No Content", false],
  ["HTTP/1.1 304 Not Modified", false],
];

for (const [head, ends] of heads) {
  test(`${JSON.stringify(head)} ${ends ? "ends" : "keeps"} its connection`, () => {
    assert.equal(endsConnection(head), ends);
  });
}

test("reads a head that arrives in pieces after an interim response", () => {
  const tracked = new ResponseHeads();
  tracked.expect();
  const text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody";
  for (const character of text) tracked.read(Buffer.from(character));
  assert.equal(tracked.endsConnection, true);
  tracked.expect();
  assert.equal(tracked.endsConnection, false);
});

test("reads the method from the first bytes of a request", () => {
  assert.equal(requestMethodOf(Buffer.from("POST /cart HTTP/1.1\r\n")), "POST");
  assert.equal(requestMethodOf(Buffer.from("quantity=1&id=2")), undefined);
});
