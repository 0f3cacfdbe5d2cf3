import assert from "node:assert/strict";
import { test } from "node:test";
import type { Money } from "#protos/hipstershop.ts";
import { formatMoney } from "#runtime/money.ts";
import { convert } from "./convert.ts";
import decimalRates from "./rates.json" with { type: "json" };
import { shopRates } from "./rates.ts";

function money(currencyCode: string, units: bigint, nanos = 0): Money {
  return { currencyCode, units, nanos };
}

const goldenValues = [
  { from: money("USD", 19n, 990_000_000), to: money("EUR", 17n, 682_441_398) },
  { from: money("USD", 19n, 990_000_000), to: money("JPY", 2235n, 60_592_707) },
  { from: money("USD", 19n, 990_000_000), to: money("GBP", 15n, 201_594_869) },
  { from: money("USD", 19n, 990_000_000), to: money("CAD", 26n, 749_997_346) },
  { from: money("USD", 19n, 990_000_000), to: money("TRY", 108n, 299_648_830) },
  { from: money("USD", 8n, 990_000_000), to: money("EUR", 7n, 952_233_525) },
  { from: money("USD", 8n, 990_000_000), to: money("JPY", 1005n, 162_317_560) },
  { from: money("USD", 8n, 990_000_000), to: money("TRY", 48n, 705_044_670) },
  { from: money("CHF", 300n), to: money("EUR", 264n, 84_507_042) },
];

for (const { from, to } of goldenValues) {
  test(`${formatMoney(from)} is Online Boutique's ${formatMoney(to)} to within 100 nanos`, () => {
    const result = convert(shopRates, from, to.currencyCode);
    assert.equal(formatMoney(result), formatMoney(to));
    assert.equal(result.units, to.units);
    assert.ok(Math.abs(result.nanos - to.nanos) <= 100, `${result.nanos}`);
  });
}

test("computes exactly and truncates to whole nanos", () => {
  // 19.99 / 1.1305 = 17.682441397611…, 1 / 1.1305 * 126.4 = 111.808933…
  assert.deepEqual(
    convert(shopRates, money("USD", 19n, 990_000_000), "EUR"),
    money("EUR", 17n, 682_441_397),
  );
  assert.deepEqual(convert(shopRates, money("USD", 1n), "JPY"), money("JPY", 111n, 808_934_099));
});

test("converts all prices of the catalog to Online Boutique's cents in six currencies", () => {
  for (const cents of [1999, 1899, 10_999, 8999, 2499, 1899, 1849, 549, 899]) {
    for (const code of ["USD", "EUR", "CAD", "JPY", "GBP", "TRY"]) {
      const price = money("USD", BigInt(Math.trunc(cents / 100)), (cents % 100) * 10_000_000);
      assert.equal(
        formatMoney(convert(shopRates, price, code)),
        formatMoney(convertWithDoubles(price, code)),
        `${cents} cents in ${code}`,
      );
    }
  }
});

test("converts every currency to itself unchanged", () => {
  for (const code of shopRates.keys()) {
    for (const amount of [money(code, 1n), money(code, 124n), money(code, 0n, 1)]) {
      assert.deepEqual(convert(shopRates, amount, code), amount);
    }
  }
});

test("truncates negative amounts towards zero", () => {
  const debt = convert(shopRates, money("USD", -19n, -990_000_000), "EUR");
  assert.deepEqual(debt, money("EUR", -17n, -682_441_397));
});

test("converts the maximum amount exactly, and rejects more with OUT_OF_RANGE", () => {
  const largest = money("USD", 2n ** 63n - 1n, 999_999_999);
  assert.deepEqual(convert(shopRates, largest, "USD"), largest);
  assert.throws(() => convert(shopRates, largest, "JPY"), { code: "OUT_OF_RANGE" });
});

const refusals = [
  { from: undefined, toCode: "EUR", message: /^from is missing/ },
  {
    from: money("XXX", 1n),
    toCode: "EUR",
    message: /^from\.currency_code is "XXX": expected one of the/,
  },
  { from: money("usd", 1n), toCode: "EUR", message: /^from\.currency_code is "usd": expected/ },
  {
    from: money("USD", 1n),
    toCode: "AED",
    message: /^to_code is "AED": expected one of the 33 codes/,
  },
  { from: money("USD", 1n), toCode: "", message: /^to_code is "": expected one of the 33 codes/ },
  {
    from: money("USD", 1n),
    toCode: "toString",
    message: /^to_code is "toString": expected one of the/,
  },
  {
    from: money("USD", 1n),
    toCode: "E".repeat(5000),
    message: /^to_code is "E{40}…": expected one of the/,
  },
  { from: money("USD", 1n, -1), toCode: "EUR", message: /expected the same sign/ },
];

for (const { from, toCode, message } of refusals) {
  test(`rejects a conversion with ${message}`, () => {
    assert.throws(() => convert(shopRates, from, toCode), { code: "INVALID_ARGUMENT", message });
  });
}

// Online Boutique's algorithm, in doubles: divide by one rate and multiply by the other. After each
// step the fraction of the units is carried into the nanos.
function convertWithDoubles(from: Money, toCode: string): Money {
  const rates: Readonly<Record<string, string>> = decimalRates;
  const fromRate = Number(rates[from.currencyCode]);
  const toRate = Number(rates[toCode]);
  const euros = carry(Number(from.units) / fromRate, from.nanos / fromRate);
  const result = carry(euros.units * toRate, Math.round(euros.nanos) * toRate);
  return money(toCode, BigInt(result.units), Math.floor(result.nanos));
}

function carry(units: number, nanos: number): { units: number; nanos: number } {
  const carried = nanos + (units % 1) * 1e9;
  return { units: Math.floor(units) + Math.floor(carried / 1e9), nanos: carried % 1e9 };
}
