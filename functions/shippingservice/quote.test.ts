import assert from "node:assert/strict";
import { test } from "node:test";
import { countPieces, quoteShipping } from "./quote.ts";

const quotes = [
  { quantities: [], pieces: 0, units: 0n, nanos: 0 },
  { quantities: [0, 0], pieces: 0, units: 0n, nanos: 0 },
  { quantities: [1], pieces: 1, units: 8n, nanos: 990_000_000 },
  { quantities: [3, 4, 5], pieces: 12, units: 8n, nanos: 990_000_000 },
  { quantities: [2 ** 31 - 1, 2 ** 31 - 1], pieces: 2 ** 32 - 2, units: 8n, nanos: 990_000_000 },
];

for (const { quantities, pieces, units, nanos } of quotes) {
  test(`shipping lines of [${quantities}] pieces costs ${units} dollars and ${nanos} nanos`, () => {
    const items = quantities.map((quantity) => ({ productId: "1YMWWN1N4O", quantity }));
    assert.equal(countPieces(items), pieces);
    assert.deepEqual(quoteShipping(pieces), { currencyCode: "USD", units, nanos });
  });
}

test("rejects a negative quantity even if the sum is not negative", () => {
  const items = [5, -5].map((quantity) => ({ productId: "1YMWWN1N4O", quantity }));
  assert.throws(() => countPieces(items), {
    code: "INVALID_ARGUMENT",
    message: "items[1].quantity is -5: expected 0 or more",
  });
});

test("counts 10,000 lines and rejects one more", () => {
  const lines = (count: number) =>
    Array.from({ length: count }, () => ({ productId: "1YMWWN1N4O", quantity: 1 }));
  assert.equal(countPieces(lines(10_000)), 10_000);
  assert.throws(() => countPieces(lines(10_001)), { code: "INVALID_ARGUMENT" });
});
