import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleRate, shopRates } from "./rates.ts";

test("has 33 rates; the first is the euro with rate 1", () => {
  assert.equal(shopRates.size, 33);
  assert.deepEqual([...shopRates.keys()].slice(0, 3), ["EUR", "USD", "JPY"]);
  assert.equal(shopRates.get("EUR"), 100_000n);
  assert.equal(shopRates.get("GBP"), 85_970n);
  assert.equal(shopRates.get("IDR"), 1_599_940_000n);
});

test("rejects a rate that is not a positive decimal", () => {
  for (const decimal of ["", "0", "0.0", "-1.5", "1,5", "1.000001", "1e3", ".5"]) {
    assert.throws(() => scaleRate(decimal), /expected a positive decimal/, decimal);
  }
  assert.equal(scaleRate("2"), 200_000n);
});
