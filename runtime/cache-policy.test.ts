import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { cacheHeadersOf, readCachePolicy } from "./cache-policy.ts";

function headers(cacheControl: string, etag?: string): Metadata {
  const metadata = new Metadata();
  metadata.set("cache-control", cacheControl);
  if (etag !== undefined) metadata.set("etag", etag);
  return metadata;
}

test("a policy is sent as HTTP's headers", () => {
  const policy = { maxAgeS: 5, staleWhileRevalidateS: 55, etag: "v1" };
  const sent = cacheHeadersOf(policy);
  assert.deepEqual(sent.getMap(), {
    "cache-control": "max-age=5, stale-while-revalidate=55",
    etag: '"v1"',
  });
  assert.equal(cacheHeadersOf(policy), sent);
  assert.deepEqual(readCachePolicy(sent), policy);
});

test("a policy without a version has no tag", () => {
  const sent = cacheHeadersOf({ maxAgeS: 1, staleWhileRevalidateS: 0 });
  assert.deepEqual(sent.get("etag"), []);
  assert.deepEqual(readCachePolicy(sent), {
    maxAgeS: 1,
    staleWhileRevalidateS: 0,
    etag: undefined,
  });
});

for (const [text, maxAgeS, staleWhileRevalidateS] of [
  ["max-age=5", 5, 0],
  ["public,max-age=5 , stale-while-revalidate=1", 5, 1],
  ["max-age=0, stale-while-revalidate=10", 0, 10],
  ["s-maxage=9, max-age=2", 2, 0],
] as const) {
  test(`${text} allows to use a response again`, () => {
    const policy = { maxAgeS, staleWhileRevalidateS, etag: undefined };
    assert.deepEqual(readCachePolicy(headers(text, "not quoted")), policy);
  });
}

for (const text of [
  "",
  "no-store",
  "private, max-age=5",
  "max-age=5, no-cache",
  "max-age=0",
  "max-age=-1",
  "max-age=soon",
  "s-maxage=9",
]) {
  test(`"${text}" does not allow it`, () => {
    assert.equal(readCachePolicy(headers(text)), undefined);
  });
}

test("a response without the header may not be used again", () => {
  assert.equal(readCachePolicy(new Metadata()), undefined);
});
