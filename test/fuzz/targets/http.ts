import * as fc from "fast-check";
import { judgeHttp } from "../answers.ts";
import { anyBytes, anyEdits, anyText, applyEdits } from "../bytes.ts";
import { sendBytes } from "../send-bytes.ts";
import { defineTarget } from "../target.ts";

const methods = [
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "PRI",
  "get",
];
const paths = [
  ...["/", "/cart", "/search?q=mug", "/product/OLJCESPC7Z", "/orders", "/logout", "/_healthz", "*"],
  ...[
    "/static/css/base.css",
    "/product-meta/OLJCESPC7Z",
    "/robots.txt",
    "http://a/",
    "//",
    "/..%2f",
  ],
  ...[
    "/health/liveness",
    "/health/readiness",
    "/api/v2/traces",
    "/api/faults",
    "/events",
    "/%ff?%",
  ],
  "/hipstershop.AdService/GetAds",
];
const headerNames = [
  ...["host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "cookie"],
  ...["range", "accept-encoding", "if-none-match", "origin", "referer", "content-type", "te"],
  ...["x-forwarded-for", "x-forwarded-proto", "sec-fetch-site", "content-encoding", "ce-id"],
];
const headerValues = [
  ...[
    "chunked",
    "0",
    "5",
    "-1",
    "5, 5",
    "9".repeat(30),
    "close",
    "keep-alive",
    "100-continue",
    "gzip",
  ],
  ...["websocket", "h2c", "bytes=0-0,5-", "application/json", "application/x-www-form-urlencoded"],
  ...["identity;q=0", "127.0.0.1", "*", 'W/"x"', "multipart/form-data; boundary=x", "cross-site"],
];

const anyHeader = fc.tuple(
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...headerNames) }, anyBytes(12)),
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...headerValues) }, anyBytes(40), anyText),
);

const anyBody = fc.oneof(
  anyBytes(60),
  fc.constantFrom(
    "5\r\nhello\r\n0\r\n\r\n",
    "fffffffff\r\n",
    "5\r\nhel",
    "a=1&b=%zz",
    "{}",
    "1;x=y\r\na\r\n0\r\na: b\r\n\r\n",
  ),
);

const anyRequest = fc
  .record({
    method: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...methods) }, anyBytes(8)),
    path: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...paths) }, anyBytes(30)),
    version: fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""),
    headers: fc.array(anyHeader, { maxLength: 6 }),
    body: anyBody,
  })
  .map(({ method, path, version, headers, body }) => {
    const lines = [["host", "127.0.0.1"], ...headers].map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    return `${method} ${path} ${version}\r\n${lines.join("")}\r\n${body}`;
  });

/** Bytes on a port: requests that are valid in part, and anything else. */
export const anyHttpBytes: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: anyRequest },
  {
    weight: 4,
    arbitrary: fc.tuple(anyRequest, anyEdits).map(([text, edits]) => applyEdits(text, edits)),
  },
  { weight: 1, arbitrary: anyBytes(200) },
  { weight: 1, arbitrary: fc.tuple(anyRequest, anyRequest).map((each) => each.join("")) },
);

/** The names of all ports. */
export const anyPort: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constant("frontend") },
  fc.constantFrom("console", "emailservice", "checkoutservice", "adservice", "cartservice"),
);

// A request that is not complete is answered then. A complete one is answered sooner: Node.js treats a client that
// ends its side as disconnected, and does not answer any more.
const endAfterMs = 200;

/** HTTP/1.1 requests and raw bytes, each on a connection of its own. */
export const httpTarget = defineTarget({
  name: "http",
  weight: 16,
  input: fc.record({ to: anyPort, bytes: anyHttpBytes }),
  found: ["CONNECT /cart HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", "\r\n"].flatMap((bytes) =>
    ["frontend", "emailservice", "console"].map((to) => ({ to, bytes })),
  ),
  send: async ({ to, bytes }, shop) => {
    const { text, hang } = await sendBytes(shop, to, Buffer.from(bytes, "latin1"), endAfterMs);
    return judgeHttp(text) ?? hang;
  },
});
