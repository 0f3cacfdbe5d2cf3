import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { serve } from "#backends/fixtures/serve.ts";
import { type Order, OrderState } from "#protos/hipstershop.ts";
import { OrderAdminServiceDefinition } from "#protos/order_admin.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { type Handlers, implement } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { runShop } from "../fixtures/run-shop.ts";
import { formatOrders } from "./order-rows.ts";

const placed: Order = {
  order: {
    orderId: "6f0c2f5e-5d4e-4c51-9a52-7c0f3ad4b3a1",
    shippingTrackingId: "AB-1",
    shippingCost: undefined,
    shippingAddress: undefined,
    items: [],
    total: { currencyCode: "USD", units: 28n, nanos: 980_000_000 },
  },
  state: OrderState.ORDER_STATE_PLACED,
  email: "someone@example.com",
  createTimeMs: BigInt(Date.parse("2026-11-24T10:00:00Z")),
  failure: "",
  confirmationFailure: "",
};

type AdminHandlers = Handlers<typeof OrderAdminServiceDefinition>;

/** A local platform whose checkoutservice has the handlers; returns the console's URL. */
async function startPlatform(t: TestContext, handlers: Partial<AdminHandlers>): Promise<string> {
  const refuse = () => {
    throw new StatusError("UNIMPLEMENTED", "not part of this test");
  };
  const all = { listOrders: refuse, resendConfirmation: refuse, forgetCustomer: refuse };
  const services = [implement(OrderAdminServiceDefinition, { ...all, ...handlers })];
  const { address, close } = await serveForTest({ services }, "checkoutservice");
  t.after(close);
  return serve(t, ({ pathname }) =>
    pathname === "/api/state" ? { functions: [{ name: "checkoutservice", address }] } : undefined,
  );
}

const withoutEmail = { ...placed, email: "" };

test("lists orders as a table and as JSON, and reports how many were left out", async (t) => {
  const requests: unknown[] = [];
  const local = await startPlatform(t, {
    listOrders: (request) => {
      requests.push(request);
      return { orders: [withoutEmail], totalSize: 3 };
    },
  });
  const { status, stdout, stderr } = await runShop(["orders", "--limit", "1", "--local", local]);
  assert.equal(status, 0, stderr);
  assert.match(
    stdout,
    /^ORDER +STATE +AGE +TOTAL +FAILURE\n6f0c2f5e-\S+ +placed +.* ago +\$28\.98\n$/,
  );
  assert.equal(
    stderr,
    `source: the local platform at ${local}\nshop: 1 of 3 orders: --limit prints more\n`,
  );
  const json = await runShop(["orders", "--json", "--failed", "--local", local]);
  assert.deepEqual(JSON.parse(json.stdout), [
    {
      orderId: placed.order?.orderId,
      state: "placed",
      createdAt: "2026-11-24T10:00:00.000Z",
      total: "$28.98",
    },
  ]);
  assert.deepEqual(requests, [
    { failedOnly: false, pageSize: 1 },
    { failedOnly: true, pageSize: 50 },
  ]);
});

test("a table of failures has the addresses, and no control characters of a mail server", () => {
  const row = {
    orderId: "a",
    state: "placed",
    createdAt: "2026-11-24T10:00:00.000Z",
    total: null,
    email: "someone@example.com",
    confirmationFailure: "550 no such\u001b[31m mailbox",
  };
  const nowMs = Date.parse("2026-11-24T10:03:00Z");
  assert.deepEqual(formatOrders([row], nowMs).split("\n"), [
    "ORDER  STATE   AGE        TOTAL  E-MAIL               FAILURE",
    "a      placed  3 min ago  -      someone@example.com  confirmation not delivered: 550 no such [31m mailbox",
  ]);
});

test("resends a confirmation, with options before or after the subcommand", async (t) => {
  const ids: string[] = [];
  const local = await startPlatform(t, {
    resendConfirmation: ({ orderId }) => {
      ids.push(orderId);
      return { ...placed, state: OrderState.ORDER_STATE_CONFIRMED };
    },
  });
  const before = await runShop(["orders", "--local", local, "resend", "a"]);
  const after = await runShop(["orders", "resend", "b", "--local", local, "--timeout", "9s"]);
  assert.deepEqual([before.status, after.status], [0, 0], before.stderr + after.stderr);
  assert.equal(after.stdout, "the confirmation of order b is sent to someone@example.com\n");
  assert.deepEqual(ids, ["a", "b"]);
});

test("exits 1 if the resent confirmation is not accepted", async (t) => {
  for (const [confirmationFailure, reason] of [
    ["", "each sweep tries again"],
    ["550 no mailbox", "it was refused: 550 no mailbox"],
  ] as const) {
    const resendConfirmation = () => ({ ...placed, confirmationFailure });
    const local = await startPlatform(t, { resendConfirmation });
    const { status, stderr } = await runShop(["orders", "resend", "a", "--local", local]);
    assert.equal(status, 1);
    assert.ok(stderr.endsWith(`order a was not accepted for delivery: ${reason}\n`), stderr);
  }
});

test("exits 1 with checkoutservice's sentence if it refuses", async (t) => {
  const local = await startPlatform(t, {
    resendConfirmation: () => {
      throw new StatusError("NOT_FOUND", 'there is no order "x"');
    },
  });
  const { status, stderr } = await runShop(["orders", "resend", "x", "--local", local]);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /\nshop: checkoutservice responded with NOT_FOUND: there is no order "x"\n$/,
  );
});

test("forgets a customer, and exits 1 while an order is open", async (t) => {
  const left = [1, 0];
  const local = await startPlatform(t, {
    forgetCustomer: ({ email }) => {
      assert.equal(email, "someone@example.com");
      return { forgotten: 2, open: left.shift() ?? 0 };
    },
  });
  const args = ["orders", "forget", "someone@example.com", "--local", local];
  const first = await runShop(args);
  assert.equal(first.status, 1);
  assert.equal(first.stdout, "the addresses were removed from 2 orders\n");
  assert.match(first.stderr, /shop: 1 order of the customer is still open: run the command again/);
  assert.equal((await runShop(args)).status, 0);
});

test("exits 2 for options that are not valid", async () => {
  for (const [args, expected] of [
    [["--limit", "0"], /--limit is "0": expected a number from 1 to 1000/],
    [["--timeout", "soon"], /--timeout is "soon": expected seconds or minutes/],
    [["--local", "http://127.0.0.1:1", "--cluster"], /name different sources/],
    [["resend"], /missing required argument 'id'/],
    [["rescind", "a"], /too many arguments for 'orders'/],
  ] as const) {
    const { status, stderr } = await runShop(["orders", ...args]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, expected);
  }
});
