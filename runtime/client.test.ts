import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { AdServiceDefinition, CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { type CartHandlers, implementCart, serveCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { StatusError } from "./status.ts";

describe("a client", () => {
  test("rejects with the status that the handler threw", async (t) => {
    const { client } = await serveCart(t, {
      getCart: () => {
        throw new StatusError("NOT_FOUND", "no cart for u");
      },
    });
    await assert.rejects(client.getCart({ userId: "u" }), {
      name: "StatusError",
      code: "NOT_FOUND",
      message: "no cart for u",
    });
  });

  test("gets INTERNAL without details if a handler throws another error", async (t) => {
    const { client } = await serveCart(t, {
      getCart: () => {
        throw new Error("password is hunter2");
      },
    });
    await assert.rejects(client.getCart({ userId: "u" }), {
      code: "INTERNAL",
      message: "internal error",
    });
  });

  test("retries a read that was UNAVAILABLE", async (t) => {
    let calls = 0;
    const { client } = await serveCart(t, {
      getCart: ({ userId }) => {
        calls += 1;
        if (calls < 3) throw new StatusError("UNAVAILABLE", "not yet");
        return { userId, items: [] };
      },
    });
    assert.equal((await client.getCart({ userId: "u" })).userId, "u");
    assert.equal(calls, 3);
  });

  test("does not retry a write", async (t) => {
    let calls = 0;
    const { client } = await serveCart(t, {
      addItem: () => {
        calls += 1;
        throw new StatusError("UNAVAILABLE", "not yet");
      },
    });
    await assert.rejects(client.addItem({ userId: "u", item: undefined }), { code: "UNAVAILABLE" });
    assert.equal(calls, 1);
  });

  test("retries a write with an id that makes it idempotent", async (t) => {
    let calls = 0;
    const { client } = await serveCart(t, {
      addItem: () => {
        calls += 1;
        if (calls < 3) throw new StatusError("UNAVAILABLE", "not yet");
        return {};
      },
    });
    let retries = 0;
    const onRetry = () => {
      retries += 1;
    };
    const request = { userId: "u", item: undefined };
    await client.addItem(request, { isRepeatable: true, onRetry });
    assert.deepEqual([calls, retries], [3, 2]);
  });

  test("fails at its deadline and aborts the handler's signal", async (t) => {
    const aborted = Promise.withResolvers<void>();
    const { client } = await serveCart(t, {
      getCart: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted.resolve();
            reject(new StatusError("CANCELLED", "the caller cancelled"));
          });
        }),
    });
    // Connects first, so that the deadline passes in the handler.
    await client.emptyCart({ userId: "u" });
    await assert.rejects(client.getCart({ userId: "u" }, { timeoutMs: 1000 }), {
      code: "DEADLINE_EXCEEDED",
    });
    await aborted.promise;
  });

  test("uses the shorter budget only while the function is known to be warm", async (t) => {
    const budgetsMs: number[] = [];
    const { server } = await serveCart(t, {
      getCart: ({ userId }, { deadline }) => {
        budgetsMs.push((deadline?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now());
        return { userId, items: [] };
      },
    });
    const client = createClient(CartServiceDefinition, server.address, {
      timeoutMs: 60_000,
      warmTimeoutMs: 30_000,
    });
    t.after(() => client.close());
    await client.getCart({ userId: "cold" });
    await client.getCart({ userId: "warm" });
    const [coldMs = 0, warmMs = 0] = budgetsMs;
    assert.ok(coldMs > 30_000 && coldMs <= 60_000, `${coldMs} ms`);
    assert.ok(warmMs > 0 && warmMs <= 30_000, `${warmMs} ms`);
  });

  test("rejects calls after it was closed, connected or not, and does not affect other clients", async (t) => {
    const { server, client: other } = await serveCart(t, {});
    for (const isUsed of [true, false]) {
      const client = createClient(CartServiceDefinition, server.address);
      if (isUsed) await client.getCart({ userId: "u" });
      client.close();
      client.close();
      await assert.rejects(async () => client.getCart({ userId: "u" }));
    }
    assert.equal((await other.getCart({ userId: "u" })).userId, "u");
  });

  test("retries although another client connected to the function before", async (t) => {
    let attempts = 0;
    const getCart: CartHandlers["getCart"] = ({ userId }) => {
      attempts += 1;
      if (attempts === 1) throw new StatusError("UNAVAILABLE", "not yet");
      return { userId, items: [] };
    };
    const services = [implementCart({ getCart })];
    const server = await serveForTest({ services });
    t.after(() => server.close());
    const ads = createClient(AdServiceDefinition, server.address);
    t.after(() => ads.close());
    await assert.rejects(ads.getAds({ contextKeys: [] }), { code: "UNIMPLEMENTED" });
    const late = createClient(CartServiceDefinition, server.address);
    t.after(() => late.close());
    assert.equal((await late.getCart({ userId: "u" })).userId, "u");
    assert.equal(attempts, 2);
  });

  test("fails with UNAVAILABLE if no process listens", async (t) => {
    const unused = createServer().listen(0, "127.0.0.1");
    await once(unused, "listening");
    const address = unused.address();
    assert.ok(typeof address === "object" && address);
    await new Promise((resolve) => unused.close(resolve));
    const client = createClient(CartServiceDefinition, `127.0.0.1:${address.port}`);
    t.after(() => client.close());
    await assert.rejects(client.addItem({ userId: "u", item: undefined }), { code: "UNAVAILABLE" });
  });
});
