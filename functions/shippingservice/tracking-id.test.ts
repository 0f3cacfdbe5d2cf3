import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrackingId } from "./tracking-id.ts";

const address = { streetAddress: "Muffin Man", city: "London", state: "", country: "", zipCode: 0 };

test("the id holds the address's length, half of it and ten digits", () => {
  // "Muffin Man, London, " has 20 bytes.
  assert.equal(
    createTrackingId(address, () => 0),
    "AA-20000-100000000",
  );
  assert.match(createTrackingId(address, Math.random), /^[A-Y]{2}-20\d{3}-10\d{7}$/);
  assert.equal(createTrackingId(address, Math.random).length, 18);
});

test("the letters end with Y and the digits with 9", () => {
  assert.equal(
    createTrackingId(address, () => 1 - Number.EPSILON),
    "YY-20999-109999999",
  );
});

test("the address is measured in bytes of UTF-8, and half of it is rounded down", () => {
  const street = { ...address, streetAddress: "Straße" };
  // "Straße, London, " has 16 characters, and one of them two bytes.
  assert.match(createTrackingId(street, Math.random), /^[A-Y]{2}-17\d{3}-8\d{7}$/);
});

test("two ids differ", () => {
  assert.notEqual(createTrackingId(address, Math.random), createTrackingId(address, Math.random));
});
