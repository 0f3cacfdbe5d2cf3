import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { validateAddition, validateQuantityChange } from "./validate-cart.ts";

function fieldsOf(product_id: string, quantity: string) {
  return new Map(Object.entries({ product_id, quantity }));
}

describe("validateAddition", () => {
  it("accepts 1 to 10 of a product", () => {
    assert.deepEqual(validateAddition(fieldsOf("MUG", "1")).value, {
      productId: "MUG",
      quantity: 1,
    });
    assert.deepEqual(validateAddition(fieldsOf("MUG", "10")).value?.quantity, 10);
  });

  for (const quantity of [
    "",
    "0",
    "11",
    "-1",
    "1.5",
    "1e1",
    "two",
    "99999999999999999999",
    "NaN",
  ]) {
    it(`rejects ${JSON.stringify(quantity)} as quantity`, () => {
      const { errors } = validateAddition(fieldsOf("MUG", quantity));
      assert.equal(errors?.get("quantity"), "Enter a whole number from 1 to 10.");
    });
  }

  for (const id of ["", "  ", "x".repeat(257)]) {
    it(`rejects a product id of ${id.length} characters such as ${JSON.stringify(id.slice(0, 3))}`, () => {
      assert.deepEqual(
        [...(validateAddition(fieldsOf(id, "1")).errors?.keys() ?? [])],
        ["product_id"],
      );
    });
  }
});

describe("validateQuantityChange", () => {
  it("accepts 0, which removes, to 999", () => {
    assert.equal(validateQuantityChange(fieldsOf("MUG", "0")).value?.quantity, 0);
    assert.equal(validateQuantityChange(fieldsOf("MUG", "999")).value?.quantity, 999);
  });

  it("rejects larger and negative quantities", () => {
    assert.ok(validateQuantityChange(fieldsOf("MUG", "1000")).errors?.has("quantity"));
    assert.ok(validateQuantityChange(fieldsOf("MUG", "-1")).errors?.has("quantity"));
  });
});
