import assert from "node:assert/strict";
import { test } from "node:test";
import { versionOf } from "./cart-version.ts";

const mug = { productId: "MUG", quantity: 2 };
const jar = { productId: "JAR", quantity: 1 };

test("carts with the same lines have the same version, in any order", () => {
  assert.equal(versionOf([mug, jar]), versionOf([{ ...jar }, { ...mug }]));
});

test("another product, quantity or line is another version", () => {
  const versions = [
    [mug],
    [jar],
    [mug, jar],
    [{ ...mug, quantity: 1 }, jar],
    [{ ...mug, quantity: 21 }],
    [{ ...mug, productId: "mug" }],
    // As text, these lines could be read as [mug, jar].
    [{ productId: 'MUG",2],["JAR', quantity: 1 }],
  ].map(versionOf);
  assert.equal(new Set(versions).size, versions.length);
});
