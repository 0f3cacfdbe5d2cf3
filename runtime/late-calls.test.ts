import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { forkFixture, untilReady } from "./fixtures/fork-fixture.ts";
import { describeCall, requireCaller } from "./grpc-call.ts";

const item = { productId: "MUG", quantity: 1 };

describe("a write whose caller left while the process could not run", () => {
  test("is not made if its deadline passed", async (t) => {
    const { addLate, itemsAfter } = await startCart(t);
    const timeoutMs = 300;
    const calls = Array.from({ length: 20 }, () =>
      assert.rejects(addLate({ timeoutMs }), { code: "DEADLINE_EXCEEDED" }),
    );
    await Promise.all(calls);
    assert.deepEqual(await itemsAfter(), []);
  });

  test("is not made if it was cancelled", async (t) => {
    const { addLate, itemsAfter } = await startCart(t);
    const signal = AbortSignal.timeout(300);
    await assert.rejects(addLate({ signal }), { code: "CANCELLED" });
    assert.deepEqual(await itemsAfter(), []);
  });
});

test("a call is refused if its deadline has passed, although no event reported it", async () => {
  const call = {
    isCancelled: false,
    getDeadline: () => Date.now() - 1,
    onceCancelled: () => undefined,
  };
  const answered = describeCall(call, "hipstershop.CartService/AddItem", () => undefined);
  await assert.rejects(requireCaller(answered), { code: "DEADLINE_EXCEEDED" });
});

/** A cart service in another process that is stopped after its client has connected. */
async function startCart(t: TestContext) {
  const { child } = forkFixture(t, "cart-function.ts");
  const { port } = await untilReady(child);
  const client = createClient(CartServiceDefinition, `127.0.0.1:${port}`);
  t.after(() => client.close());
  const userId = "u";
  await client.emptyCart({ userId });
  child.kill("SIGSTOP");
  return {
    addLate: (options: { timeoutMs?: number; signal?: AbortSignal }) =>
      client.addItem({ userId, item }, options),
    /** Continues the process and returns the content of the cart after the late writes. */
    itemsAfter: async () => {
      // Node.js sends the cancellation of a stream in a later turn of the event loop.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      child.kill("SIGCONT");
      // Writes on one connection are handled in their order.
      await client.emptyCart({ userId });
      return (await client.getCart({ userId })).items;
    },
  };
}
