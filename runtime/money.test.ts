import assert from "node:assert/strict";
import { test } from "node:test";
import type { Money } from "#protos/hipstershop.ts";
import { formatMoney, multiplyMoney, sumMoney, truncateMoney, validateMoney } from "./money.ts";

const maxUnits = 2n ** 63n - 1n;

function money(units: bigint | number, nanos = 0, currencyCode = "USD"): Money {
  return { currencyCode, units: BigInt(units), nanos };
}

const sums = [
  { a: money(1), b: money(2), sum: money(3), title: "units" },
  { a: money(0, 999_999_999), b: money(0, 1), sum: money(1), title: "a carry" },
  { a: money(-1, -500_000_000), b: money(0, -500_000_000), sum: money(-2), title: "a debt" },
  { a: money(2, 250_000_000), b: money(-3), sum: money(0, -750_000_000), title: "a changed sign" },
  { a: money(1, 1), b: money(-1, -1), sum: money(0), title: "nothing left" },
  { a: money(maxUnits - 1n, 999_999_999), b: money(0, 1), sum: money(maxUnits), title: "int64" },
];

for (const { a, b, sum, title } of sums) {
  test(`addition is exact for ${title}`, () => {
    assert.deepEqual(sumMoney(a, b), sum);
    assert.deepEqual(sumMoney(b, a), sum);
  });
}

test("the sum of one amount is that amount", () => {
  assert.deepEqual(sumMoney(money(8, 990_000_000)), money(8, 990_000_000));
});

test("multiplication by 100 is exact for prices for which doubles are not", () => {
  assert.deepEqual(multiplyMoney(money(0, 290_000_000), 100), money(29));
  assert.deepEqual(multiplyMoney(money(19, 990_000_000), -3), money(-59, -970_000_000));
  assert.deepEqual(multiplyMoney(money(19, 990_000_000), 0), money(0));
});

test("an amount that exceeds int64 is OUT_OF_RANGE", () => {
  assert.throws(() => sumMoney(money(maxUnits), money(1)), { code: "OUT_OF_RANGE" });
  assert.throws(() => multiplyMoney(money(-maxUnits), 2), { code: "OUT_OF_RANGE" });
});

test("rejects different currencies and invalid factors", () => {
  assert.throws(() => sumMoney(money(1), money(1, 0, "EUR")), {
    code: "INVALID_ARGUMENT",
    message: 'cannot add "EUR" to "USD"',
  });
  for (const factor of [1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => multiplyMoney(money(1), factor), { code: "INVALID_ARGUMENT" });
  }
});

const badAmounts: { amount: Money | undefined; message: string }[] = [
  { amount: undefined, message: "price is missing: expected an amount of money" },
  {
    amount: money(1, 0, ""),
    message: 'price.currency_code is "": expected three capital letters (ISO 4217)',
  },
  {
    amount: money(1, 0, "usd"),
    message: 'price.currency_code is "usd": expected three capital letters (ISO 4217)',
  },
  {
    amount: money(1, 1_000_000_000),
    message: "price.nanos is 1000000000: expected -999999999 to 999999999",
  },
  {
    amount: money(1, -1),
    message: "price.units is 1 while price.nanos is -1: expected the same sign in both",
  },
  {
    amount: money(-1, 1),
    message: "price.units is -1 while price.nanos is 1: expected the same sign in both",
  },
];

for (const { amount, message } of badAmounts) {
  test(`rejects an amount with: ${message}`, () => {
    assert.throws(() => validateMoney(amount, "price"), { code: "INVALID_ARGUMENT", message });
  });
}

test("amounts of either sign are valid", () => {
  for (const amount of [money(0), money(5, 1), money(-5, -1), money(0, -999_999_999)]) {
    assert.equal(validateMoney(amount, "price"), amount);
  }
});

const shown = [
  { amount: money(19, 990_000_000), text: "$19.99" },
  { amount: money(0), text: "$0.00" },
  { amount: money(0, 9_999_999), text: "$0.00" },
  { amount: money(0, 999_999_999), text: "$0.99" },
  { amount: money(5, 50_000_000, "EUR"), text: "€5.05" },
  { amount: money(2235, 60_592_707, "JPY"), text: "¥2235" },
  { amount: money(-2235, -999_999_999, "JPY"), text: "-¥2235" },
  { amount: money(0, 999_999_999, "JPY"), text: "¥0" },
  { amount: money(22_551, 990_000_000, "KRW"), text: "KRW 22551" },
  { amount: money(2419, 0, "ISK"), text: "ISK 2419" },
  { amount: money(15, 201_594_869, "GBP"), text: "£15.20" },
  { amount: money(26, 749_997_346, "CAD"), text: "$26.74" },
  { amount: money(108, 299_648_830, "TRY"), text: "₺108.29" },
  { amount: money(12, 0, "CHF"), text: "CHF 12.00" },
  { amount: money(-3, -500_000_000), text: "-$3.50" },
  { amount: money(-3, -500_000_000, "CHF"), text: "-CHF 3.50" },
  { amount: money(0, -1), text: "$0.00" },
  { amount: money(-(2n ** 63n)), text: "-$9223372036854775808.00" },
];

for (const { amount, text } of shown) {
  test(`${amount.units} and ${amount.nanos} ${amount.currencyCode} shows as ${text}`, () => {
    assert.equal(formatMoney(amount), text);
  });
}

for (const { amount, truncated } of [
  { amount: money(19, 999_999_999), truncated: money(19, 990_000_000) },
  { amount: money(-19, -999_999_999), truncated: money(-19, -990_000_000) },
  { amount: money(0, 9_999_999), truncated: money(0) },
  { amount: money(2235, 60_592_707, "JPY"), truncated: money(2235, 0, "JPY") },
  { amount: money(-1, -500_000_000, "KRW"), truncated: money(-1, 0, "KRW") },
  { amount: money(136, 800_000_000, "ISK"), truncated: money(136, 0, "ISK") },
  { amount: money(319_854, 4_567_890, "IDR"), truncated: money(319_854, 0, "IDR") },
  { amount: money(6307, 560_000_001, "HUF"), truncated: money(6307, 560_000_000, "HUF") },
]) {
  const { currencyCode, units, nanos } = amount;
  test(`${units} and ${nanos} ${currencyCode} is truncated to what it shows as`, () => {
    assert.deepEqual(truncateMoney(amount), truncated);
    assert.deepEqual(truncateMoney(truncated), truncated);
    assert.equal(formatMoney(truncated), formatMoney(amount));
  });
}
