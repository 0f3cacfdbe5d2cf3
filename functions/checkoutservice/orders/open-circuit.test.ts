import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatusError } from "#runtime/status.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";

test("a charge that the circuit breaker refuses leaves no order, and nothing is charged", async (t) => {
  const state = { isHanging: true, charges: 0 };
  const { order, client, counts } = await startCheckout(
    t,
    (ledger) => ({
      charge: async (request, { signal }) => {
        state.charges += 1;
        if (state.isHanging) {
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        }
        return ledger.charge(request);
      },
    }),
    { leaseMs: 1000 },
  );
  for (let count = 0; count < 3; count += 1) await assert.rejects(order());
  const { charged, refunded } = counts();
  const { orders } = await client.listOrders({ userId: "user" });
  const { charges } = state;
  await assert.rejects(order(), ({ code, info, message }: StatusError) => {
    assert.equal(code, "UNAVAILABLE");
    assert.match(message, /^failed to charge card: .* is not called, because it did not answer/);
    assert.deepEqual(info, { reason: "NOTHING_CHARGED", metadata: {} });
    return true;
  });
  assert.equal(state.charges, charges);
  assert.deepEqual(counts(), { charged, refunded, shipped: 0 });
  assert.equal((await client.listOrders({ userId: "user" })).orders.length, orders.length);
  state.isHanging = false;
  await t.waitFor(() => order(), { timeout: 10_000 });
  assert.equal(counts().charged, charged + 1);
});
