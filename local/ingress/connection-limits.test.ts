import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { http2Preface } from "#runtime/detect-protocol.ts";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures, urlOf, waitUntil } from "../fixtures/start-fixtures.ts";
import type { Platform } from "../platform.ts";

const stalledPost =
  "POST /api/v2/spans HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" +
  "content-length: 10\r\n\r\n[";
const limits = { firstBytesMs: 100, headMs: 150, requestMs: 300, idleMs: 200, checkMs: 20 };

for (const [title, sent, dripped] of [
  ["a connection that sends nothing", "", ""],
  ["half of the HTTP/2 preface", http2Preface.slice(0, 12), ""],
  ["the HTTP/2 preface, which it does not support", http2Preface, ""],
  ["a request head that arrives byte by byte", "", `GET / HTTP/1.1\r\nx: ${"y".repeat(10_000)}`],
  ["a POST that stops in its body", stalledPost, ""],
] as const) {
  test(`the console closes ${title}`, async (t) => {
    const { client } = await connectToConsole(t);
    client.send(sent);
    void client.drip(dripped, 20);
    await client.untilEnd();
    await client.untilRefused();
  });
}

for (const path of ["/api/stream", "/api/logs?follow"]) {
  test(`${path} stays open after every limit has passed`, async (t) => {
    const { client, platform } = await connectToConsole(t);
    // Each crash is logged, and changes the state.
    const crash = async () => {
      await fetch(urlOf(platform, "crasher", "/crash")).then((response) => response.text());
    };
    client.send(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await waitUntil(() => client.received.includes("200 OK"));
    // Closed by the longest limit: the stream has been open for longer.
    const stalled = await connectTo(t, platform);
    stalled.send(stalledPost);
    await stalled.untilEnd();
    assert.equal(client.ended, false);
    const before = client.received.length;
    await crash();
    await waitUntil(() => client.received.length > before);
    assert.equal(client.ended, false);
  });
}

async function connectToConsole(t: TestContext) {
  const platform = await startFixtures(t, { limits });
  const client = await connectTo(t, platform);
  return { client, platform };
}

function connectTo(t: TestContext, { urls }: Platform): Promise<RawClient> {
  return RawClient.open(t, Number(new URL(urls.console).port));
}
