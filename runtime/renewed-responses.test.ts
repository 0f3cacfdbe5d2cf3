import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, type TestContext, test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { useResponseCache } from "./cached-calls.ts";
import { createClient } from "./client.ts";
import { implementCart } from "./fixtures/cart.ts";
import { serveAds, stale } from "./fixtures/kept-ads.ts";
import { serveForTest, type TestServer } from "./fixtures/serve-for-test.ts";

describe("a stale response that is requested again", () => {
  beforeEach(() => useResponseCache(true));
  afterEach(() => useResponseCache(false));

  /** A function that answers with a stale ad, and one that reads it and ends at once. */
  async function serveRelay(t: TestContext) {
    const deadlines: number[] = [];
    const renewal = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<boolean>();
    const ads = await serveAds(t, async ({ allowCaching, signal, deadline }, call) => {
      allowCaching(stale);
      if (call < 2) return;
      deadlines.push(deadline?.getTime() ?? 0);
      signal.addEventListener("abort", () => ended.resolve(false));
      await renewal.promise;
      ended.resolve(true);
    });
    await ads.read();
    const relay: TestServer = await serveForTest({
      services: [implementCart({ emptyCart: async () => ads.read().then(() => ({})) })],
    });
    t.after(() => relay.close());
    const client = createClient(CartServiceDefinition, relay.address);
    t.after(() => client.close());
    return { ads, relay, client, renewal, ended, deadlines };
  }

  test("has its own deadline, and does not end with the request that needed it", async (t) => {
    const { ads, client, renewal, ended, deadlines } = await serveRelay(t);
    const startMs = Date.now();
    await client.emptyCart({ userId: "u" }, { timeoutMs: 2000 });
    await t.waitFor(() => assert.equal(ads.calls.length, 2));
    // It has the client's own deadline, of ten seconds.
    assert.ok((deadlines[0] ?? 0) > startMs + 5000, `${(deadlines[0] ?? 0) - startMs} ms`);
    renewal.resolve();
    assert.equal(await ended.promise, true);
  });

  test("delays the exit of the process", async (t) => {
    const { ads, relay, client, renewal } = await serveRelay(t);
    await client.emptyCart({ userId: "u" });
    await t.waitFor(() => assert.equal(ads.calls.length, 2));
    let isDrained = false;
    const drained = relay.drain().then(() => {
      isDrained = true;
    });
    // Requests have ended, so only the renewal delays the drain.
    await assert.rejects(client.emptyCart({ userId: "u" }, { timeoutMs: 300 }));
    assert.equal(isDrained, false);
    renewal.resolve();
    await drained;
  });
});
