import assert from "node:assert/strict";
import { test } from "node:test";
import { luhnCheckDigit, satisfiesLuhn } from "./luhn.ts";

test("accepts numbers of odd and even length, and rejects a wrong digit", () => {
  for (const number of ["4432801561520454", "79927398713", "378282246310005", "0"]) {
    assert.ok(satisfiesLuhn(number), number);
    assert.equal(luhnCheckDigit(number.slice(0, -1)), Number(number.at(-1)), number);
  }
  for (const number of ["4432801561520455", "79927398710", "4432801561520545"]) {
    assert.ok(!satisfiesLuhn(number), number);
  }
});
