import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { AdServiceDefinition, CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { serveCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { withoutCancellation } from "./request-context.ts";
import { type Handlers, implement } from "./rpc.ts";
import { StatusError } from "./status.ts";

/** A client of an ad service with this handler. */
async function serveAds(t: TestContext, getAds: Handlers<typeof AdServiceDefinition>["getAds"]) {
  const server = await serveForTest({ services: [implement(AdServiceDefinition, { getAds })] });
  const client = createClient(AdServiceDefinition, server.address);
  t.after(() => server.close());
  t.after(() => client.close());
  return client;
}

describe("a call made while answering a call", () => {
  test("ends no later than the call that is answered", async (t) => {
    const deadline = Promise.withResolvers<Date | undefined>();
    const { server } = await serveCart(t, {
      getCart: ({ userId }, context) => {
        deadline.resolve(context.deadline);
        return { userId, items: [] };
      },
    });
    const cart = createClient(CartServiceDefinition, server.address, { timeoutMs: 600_000 });
    t.after(() => cart.close());
    const ads = await serveAds(t, async () => {
      await cart.getCart({ userId: "u" });
      return { ads: [] };
    });
    const before = Date.now();
    await ads.getAds({ contextKeys: [] }, { timeoutMs: 60_000 });
    const leftMs = ((await deadline.promise)?.getTime() ?? Infinity) - before;
    assert.ok(leftMs <= 120_000, `${leftMs} ms are left of 60000`);
  });

  test("is cancelled when the caller cancels", async (t) => {
    const caller = new AbortController();
    const cancelled = Promise.withResolvers<void>();
    const { client: cart } = await serveCart(t, {
      getCart: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            cancelled.resolve();
            reject(new StatusError("CANCELLED", "the caller cancelled"));
          });
          caller.abort();
        }),
    });
    const ads = await serveAds(t, async () => {
      await cart.getCart({ userId: "u" });
      return { ads: [] };
    });
    await assert.rejects(ads.getAds({ contextKeys: [] }, { signal: caller.signal }));
    await cancelled.promise;
  });

  test("is not cancelled within withoutCancellation", async (t) => {
    const caller = new AbortController();
    const cancelled = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<void>();
    const { client: cart } = await serveCart(t, {
      getCart: async ({ userId }) => {
        caller.abort();
        await cancelled.promise;
        return { userId, items: [] };
      },
    });
    const ads = await serveAds(t, async (_request, { signal }) => {
      signal.addEventListener("abort", () => cancelled.resolve());
      await withoutCancellation(async () => {
        await cart.getCart({ userId: "1" });
        await cart.getCart({ userId: "2" });
      });
      finished.resolve();
      return { ads: [] };
    });
    await assert.rejects(ads.getAds({ contextKeys: [] }, { signal: caller.signal }));
    await finished.promise;
  });

  test("reports the cold starts behind it", async (t) => {
    const { client: cart } = await serveCart(t, {});
    const seen: string[][] = [];
    const ads = await serveAds(t, async (_request, { coldStarts }) => {
      await cart.getCart({ userId: "u" });
      seen.push(coldStarts.map(({ service }) => service));
      return { ads: [] };
    });
    await ads.getAds({ contextKeys: [] });
    await ads.getAds({ contextKeys: [] });
    assert.deepEqual(seen, [["test", "cartservice"], []]);
  });
});

test("a call ends with its own signal and with the request's", async (t) => {
  const { client: cart } = await serveCart(t, { getCart: () => new Promise(() => undefined) });
  const outcomes: Promise<string>[] = [];
  const own = new AbortController();
  const caller = new AbortController();
  const read = (signal?: AbortSignal) =>
    cart.getCart({ userId: "u" }, signal && { signal }).then(
      () => "OK",
      (error: StatusError) => error.code,
    );
  const ads = await serveAds(t, async () => {
    outcomes.push(read(own.signal));
    own.abort();
    await Promise.all(outcomes);
    outcomes.push(read(new AbortController().signal));
    caller.abort();
    await Promise.all(outcomes);
    return { ads: [] };
  });
  await assert.rejects(ads.getAds({ contextKeys: [] }, { signal: caller.signal }), {
    code: "CANCELLED",
  });
  assert.deepEqual(await Promise.all(outcomes), ["CANCELLED", "CANCELLED"]);
});
