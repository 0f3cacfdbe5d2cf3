import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { AdServiceDefinition, CartServiceDefinition } from "#protos/hipstershop.ts";
import { useResponseCache } from "./cached-calls.ts";
import { createClient } from "./client.ts";
import { implementCart } from "./fixtures/cart.ts";
import { fresh, serveAds, stale } from "./fixtures/kept-ads.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { isKnownWarm } from "./known-warm.ts";
import { renderMetrics } from "./metrics.ts";
import { StatusError } from "./status.ts";

async function countLookups(result: string): Promise<number> {
  const { body } = await renderMetrics();
  const labels = `rpc_service="hipstershop.AdService",rpc_method="GetAds",result="${result}"`;
  const [line] =
    body.match(new RegExp(`^rpc_client_cache_lookups_total\\{${labels}\\}.*$`, "m")) ?? [];
  return Number(line?.split(" ").at(-1) ?? 0);
}

describe("a client that keeps responses", () => {
  beforeEach(() => useResponseCache(true));
  afterEach(() => useResponseCache(false));

  test("uses a response again for the same request", async (t) => {
    const hitsBefore = await countLookups("hit");
    const { read, calls } = await serveAds(t);
    assert.deepEqual([await read("a"), await read("b"), await read("a")], ["1", "2", "1"]);
    assert.deepEqual(calls, [["a"], ["b"]]);
    assert.equal((await countLookups("hit")) - hitsBefore, 1);
  });

  test("uses no response again that its function did not allow, such as a cart", async (t) => {
    const reads: string[] = [];
    const services = [
      implementCart({
        getCart: ({ userId }) => {
          reads.push(userId);
          return { userId, items: [] };
        },
      }),
    ];
    const server = await serveForTest({ services });
    t.after(() => server.close());
    const client = createClient(CartServiceDefinition, server.address, { isCached: true });
    t.after(() => client.close());
    for (let call = 0; call < 2; call += 1) await client.getCart({ userId: "u" });
    await Promise.all([client.getCart({ userId: "u" }), client.getCart({ userId: "u" })]);
    assert.equal(reads.length, 4);
  });

  test("uses no response of a method with side effects again", async (t) => {
    let calls = 0;
    const services = [
      implementCart({
        addItem: (_request, { allowCaching }) => {
          calls += 1;
          allowCaching(fresh);
          return {};
        },
      }),
    ];
    const server = await serveForTest({ services });
    t.after(() => server.close());
    const client = createClient(CartServiceDefinition, server.address, { isCached: true });
    t.after(() => client.close());
    for (let call = 0; call < 2; call += 1) await client.addItem({ userId: "u", item: undefined });
    assert.equal(calls, 2);
  });

  test("makes each call if it does not keep responses, or RESPONSE_CACHE is off", async (t) => {
    const { server, read, calls } = await serveAds(t);
    const other = createClient(AdServiceDefinition, server.address);
    t.after(() => other.close());
    for (let call = 0; call < 2; call += 1) await other.getAds({ contextKeys: [] });
    useResponseCache(false);
    for (let call = 0; call < 2; call += 1) await read();
    assert.equal(calls.length, 4);
  });

  test("makes the call if its caller needs a fresh response, and keeps that one", async (t) => {
    const { client, read } = await serveAds(t);
    await read();
    const { ads } = await client.getAds({ contextKeys: [] }, { isFresh: true });
    assert.equal(ads[0]?.text, "2");
    assert.equal(await read(), "2");
  });

  test("asks each function itself", async (t) => {
    const [first, second] = [await serveAds(t), await serveAds(t)];
    await first.read("another request");
    for (let call = 0; call < 2; call += 1) {
      assert.deepEqual([await first.read(), await second.read()], ["2", "1"]);
    }
  });

  test("does not count a kept response as an answer of the function", async (t) => {
    const { server, read } = await serveAds(t);
    await read();
    assert.equal(isKnownWarm(server.address), true);
    t.mock.method(
      performance,
      "now",
      (
        (now) => () =>
          now + 6000
      )(performance.now()),
    );
    await read();
    assert.equal(isKnownWarm(server.address), false);
  });

  test("does not keep errors", async (t) => {
    const { read, calls } = await serveAds(t, ({ allowCaching }, call) => {
      allowCaching(fresh);
      if (call < 3) throw new StatusError("NOT_FOUND", "not yet");
    });
    for (let call = 0; call < 2; call += 1) await assert.rejects(read(), { code: "NOT_FOUND" });
    assert.deepEqual([await read(), await read()], ["3", "3"]);
    assert.equal(calls.length, 3);
  });

  test("returns a stale response while the function is away", async (t) => {
    const { server, read } = await serveAds(t, ({ allowCaching }) => allowCaching(stale));
    await read();
    await server.close();
    const before = await countLookups("stale");
    for (let call = 0; call < 3; call += 1) assert.equal(await read(), "1");
    assert.equal((await countLookups("stale")) - before, 3);
  });

  test("a caller that waits for the call of another one keeps its own deadline and signal", async (t) => {
    const answer = Promise.withResolvers<void>();
    const { client, read, calls } = await serveAds(t, async ({ allowCaching }, call) => {
      allowCaching(fresh);
      if (call === 2) await answer.promise;
    });
    await read("known");
    const first = read();
    await t.waitFor(() => assert.equal(calls.length, 2));
    const request = { contextKeys: [] };
    await assert.rejects(client.getAds(request, { timeoutMs: 20 }), { code: "DEADLINE_EXCEEDED" });
    const signal = AbortSignal.abort();
    await assert.rejects(client.getAds(request, { signal }), { code: "CANCELLED" });
    const waiting = read();
    answer.resolve();
    assert.deepEqual(await Promise.all([first, waiting]), ["2", "2"]);
    assert.equal(calls.length, 2);
  });
});
