import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlaceOrderRequest } from "#protos/hipstershop.ts";
import { readConfig } from "../config.ts";
import { makeOrderRequest } from "../fixtures/serve-dependencies.ts";
import { checkOrder } from "./check-order.ts";

test("returns a complete request unchanged", () => {
  assert.deepEqual(checkOrder(makeOrderRequest()), makeOrderRequest());
});

const { address } = makeOrderRequest();
const refusals: [title: string, changes: Partial<PlaceOrderRequest>, message: RegExp][] = [
  ["no user", { userId: "" }, /^user_id is missing/],
  ["a long user id", { userId: "u".repeat(257) }, /^user_id has 257 characters/],
  ["no currency", { userCurrency: "" }, /^user_currency is missing/],
  [
    "a lower-case currency",
    { userCurrency: "usd" },
    /^user_currency is "usd": expected three capital/,
  ],
  ["no email", { email: "" }, /^email is missing/],
  [
    "an email without a domain",
    { email: "me@localhost" },
    /^email is not a valid address \(12 characters\): expected/,
  ],
  [
    "a line break in the email",
    { email: "me@a.example\nBcc: b" },
    /^email is not a valid address \(19 characters\)/,
  ],
  ["an invalid domain", { email: "me@exa_mple.com" }, /^email is not a valid address \(15 char/],
  ["two emails", { email: "a@b.example,c@d.example" }, /^email is/],
  ["a long email", { email: `me@${"a".repeat(300)}.example` }, /^email has 311 characters/],
  ["no address", { address: undefined }, /^address is missing/],
  [
    "no street",
    { address: address && { ...address, streetAddress: "" } },
    /^address\.street_address is missing$/,
  ],
  ["no city", { address: address && { ...address, city: "" } }, /^address\.city is missing$/],
  [
    "a long street",
    { address: address && { ...address, streetAddress: "s".repeat(513) } },
    /^address\.street_address has 513 characters: expected at most 512/,
  ],
  ["a request id that is no UUID", { requestId: "42" }, /^request_id is "42": expected a UUID$/],
  ["an empty request id", { requestId: "" }, /^request_id is "": expected a UUID$/],
  [
    "a negative expected total",
    { expectedTotal: { currencyCode: "USD", units: -1n, nanos: 0 } },
    /^expected_total is -\$1\.00: expected at least 0$/,
  ],
  [
    "an invalid expected total",
    { expectedTotal: { currencyCode: "usd", units: 1n, nanos: 0 } },
    /^expected_total\.currency_code is "usd": expected three capital letters/,
  ],
  ["a long cart version", { cartVersion: "v".repeat(257) }, /^cart_version has 257 characters/],
  ["no card", { creditCard: undefined }, /^credit_card is missing/],
];

for (const [title, changes, message] of refusals) {
  test(`rejects an order with ${title}`, () => {
    assert.throws(() => checkOrder(makeOrderRequest(changes)), {
      code: "INVALID_ARGUMENT",
      message,
    });
  });
}

test("requires the address of every dependency, and accepts a sink", () => {
  const names = ["CART", "PRODUCT_CATALOG", "CURRENCY", "SHIPPING", "PAYMENT", "EMAIL"];
  const env = Object.fromEntries(names.map((name) => [`${name}_SERVICE_ADDR`, "host:1"]));
  const { sink, leaseMs, retentionMs } = readConfig(env);
  assert.deepEqual([sink, leaseMs, retentionMs], [undefined, 20_000, 7_776_000_000]);
  assert.throws(() => readConfig({ ...env, ORDER_LEASE: "0", ORDER_RETENTION: "1s" }), {
    name: "ConfigError",
    message: /ORDER_LEASE is "0": expected a duration of at least 1s, such as 20s/,
  });
  assert.equal(readConfig({ ...env, K_SINK: "http://broker/shop" }).sink?.host, "broker");
  assert.throws(
    () => readConfig({ K_SINK: "broker" }),
    (error: Error) => {
      for (const name of names)
        assert.match(error.message, new RegExp(`^${name}_SERVICE_ADDR`, "m"));
      assert.match(error.message, /^K_SINK is "broker"/m);
      return true;
    },
  );
});
