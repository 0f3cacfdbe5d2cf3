import assert from "node:assert/strict";
import { test } from "node:test";
import { FirstExchange } from "./first-exchange.ts";

const get = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
const post = "POST / HTTP/1.1\r\nhost: localhost\r\nContent-Length: 3\r\n\r\nabc";
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const exchanges: readonly [title: string, request: string, response: string, isOver: boolean][] = [
  ["a GET with its response", get, ok, true],
  ["a POST with its response", post, ok, true],
  ["an empty response", get, "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n", true],
  ["a 204, which has no body", get, "HTTP/1.1 204 No Content\r\n\r\n", true],
  ["a 304 with the length of the page", get, "HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n", true],
  ["a request without a response", get, "", false],
  ["a POST whose body is not complete", post.slice(0, -1), ok, false],
  ["a response that is not complete", get, ok.slice(0, -1), false],
  ["two requests with one response", get + get, ok, false],
  ["two responses", get, ok + ok, false],
  ["an interim response", post, "HTTP/1.1 100 Continue\r\n\r\n", false],
  ["an interim response before the final one", post, `HTTP/1.1 100 Continue\r\n\r\n${ok}`, false],
  ["a HEAD, whose response has no body", get.replace("GET", "HEAD"), ok, false],
  ["a chunked request", post.replace("Content-Length: 3", "Transfer-Encoding: chunked"), ok, false],
  ["a chunked response", get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false],
  [
    "a response that ends its connection",
    get,
    ok.replace("\r\n", "\r\nConnection: close\r\n"),
    false,
  ],
  ["a response of HTTP/1.0", get, ok.replace("1.1", "1.0"), false],
  ["no request", "quantity=1", ok, false],
];

for (const [title, request, response, isOver] of exchanges) {
  test(`an exchange is ${isOver ? "over" : "not over"} after ${title}`, () => {
    for (const size of [1, 1000]) {
      const exchange = new FirstExchange();
      for (const chunk of split(request, size)) exchange.addRequest(chunk);
      for (const chunk of split(response, size)) exchange.addResponse(chunk);
      assert.equal(exchange.isOver, isOver, `in parts of ${size} bytes`);
    }
  });
}

function split(text: string, size: number): Buffer[] {
  const count = Math.ceil(text.length / size);
  return Array.from({ length: count }, (_, at) =>
    Buffer.from(text.slice(at * size, at * size + size)),
  );
}
