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

  test("learns nothing of a defect but INTERNAL", async (t) => {
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

  test("repeats a read that was UNAVAILABLE", async (t) => {
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

  test("does not repeat a write", async (t) => {
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

  test("gives up at its deadline, and the handler hears of it", async (t) => {
    const aborted = Promise.withResolvers<void>();
    const { client } = await serveCart(t, {
      getCart: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted.resolve();
            reject(new StatusError("CANCELLED", "the caller left"));
          });
        }),
    });
    // The deadline is for the handler: the connection is there before.
    await client.emptyCart({ userId: "u" });
    await assert.rejects(client.getCart({ userId: "u" }, { timeoutMs: 50 }), {
      code: "DEADLINE_EXCEEDED",
    });
    await aborted.promise;
  });

  test("uses the shorter budget only while the function is known to be warm", async (t) => {
    let delayMs = 150;
    const { server } = await serveCart(t, {
      getCart: async ({ userId }) => {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        return { userId, items: [] };
      },
    });
    const client = createClient(CartServiceDefinition, server.address, {
      timeoutMs: 5000,
      warmTimeoutMs: 50,
    });
    t.after(() => client.close());
    assert.equal((await client.getCart({ userId: "cold" })).userId, "cold");
    await assert.rejects(client.getCart({ userId: "warm" }), { code: "DEADLINE_EXCEEDED" });
    delayMs = 0;
    assert.equal((await client.getCart({ userId: "warm" })).userId, "warm");
  });

  test("refuses calls once it is closed, whether it has called or not, and leaves others alone", async (t) => {
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

  test("repeats what its service allows, although it is made when the function was called by others", async (t) => {
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

  test("fails with UNAVAILABLE where nobody listens", async (t) => {
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
