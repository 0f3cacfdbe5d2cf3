import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderResult } from "#protos/hipstershop.ts";
import { checkConfirmationRequest } from "./confirmed-order.ts";
import { makeOrder, makeRequest } from "./fixtures/orders.ts";

test("computes line totals and the lines of the address", () => {
  const { email, order } = checkConfirmationRequest(makeRequest());
  assert.equal(email, "someone@example.com");
  assert.deepEqual(
    order.lines.map((line) => [line.productId, line.quantity, line.lineTotal.units]),
    [
      ["OLJCESPC7Z", 2, 39n],
      ["6E92ZMYYFZ", 1, 8n],
    ],
  );
  assert.deepEqual(order.addressLines, [
    "1600 Amphitheatre Parkway",
    "Mountain View, CA 94043",
    "United States",
  ]);
});

test("computes the total if the request has none", () => {
  const { order } = checkConfirmationRequest(
    makeRequest({ order: makeOrder({ total: undefined }) }),
  );
  assert.deepEqual(order.total, { currencyCode: "USD", units: 57n, nanos: 960_000_000 });
});

test("accepts an order without address, tracking number and items", () => {
  const changes = { shippingAddress: undefined, shippingTrackingId: "", items: [] };
  const { order } = checkConfirmationRequest(makeRequest({ order: makeOrder(changes) }));
  assert.deepEqual(order.addressLines, []);
  assert.deepEqual(order.lines, []);
});

const item = { productId: "A", quantity: 1 };
const euro = { currencyCode: "EUR", units: 1n, nanos: 0 };
const refusals: [title: string, changes: Partial<OrderResult>, message: RegExp][] = [
  ["no order id", { orderId: "" }, /^order\.order_id is missing/],
  ["a line break in the id", { orderId: "a\r\nBcc: x@y.z" }, /^order\.order_id is "a\\r\\n/],
  ["no shipping cost", { shippingCost: undefined }, /^order\.shipping_cost is missing/],
  [
    "no product",
    { items: [{ item: undefined, cost: euro }] },
    /^order\.items\[0\]\.item is missing/,
  ],
  ["no price", { items: [{ item, cost: undefined }] }, /^order\.items\[0\]\.cost is missing/],
  [
    "no quantity",
    { items: [{ item: { ...item, quantity: 0 }, cost: euro }] },
    /^order\.items\[0\]\.item\.quantity is 0: expected at least 1/,
  ],
  ["two currencies", { items: [{ item, cost: euro }] }, /^cannot add "EUR" to "USD"/],
  ["an invalid total", { total: { ...euro, nanos: -1 } }, /^order\.total\.units is 1/],
  [
    "too many items",
    { items: Array.from({ length: 1001 }, () => ({ item, cost: euro })) },
    /^order\.items has 1001 entries/,
  ],
];

for (const [title, changes, message] of refusals) {
  test(`rejects an order with ${title}`, () => {
    assert.throws(() => checkConfirmationRequest(makeRequest({ order: makeOrder(changes) })), {
      code: "INVALID_ARGUMENT",
      message,
    });
  });
}

test("rejects a request without an order", () => {
  assert.throws(() => checkConfirmationRequest(makeRequest({ order: undefined })), {
    message: "order is missing",
  });
});

for (const [email, message] of [
  ["", /^email is missing/],
  [
    "me@exa_mple.com",
    /^email is not a valid address \(15 characters\): expected one such as me@example\.com$/,
  ],
  ["Me <me@example.com>", /^email is not a valid address \(19 characters\): expected/],
  [`me@${"a.".repeat(130)}example`, /^email has 270 characters: expected at most 254/],
] as const) {
  test(`rejects the address ${JSON.stringify(email.slice(0, 40))}`, () => {
    assert.throws(() => checkConfirmationRequest(makeRequest({ email })), {
      code: "INVALID_ARGUMENT",
      message,
    });
  });
}
