import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrackingId } from "./tracking-id.ts";

const address = { streetAddress: "Muffin Man", city: "London", state: "", country: "", zipCode: 0 };

test("contains the length of the address, half of it and ten digits", () => {
  // "Muffin Man, London, " has 20 bytes.
  assert.equal(
    createTrackingId(address, () => 0),
    "AA-20000-100000000",
  );
  assert.match(createTrackingId(address, Math.random), /^[A-Y]{2}-20\d{3}-10\d{7}$/);
  assert.equal(createTrackingId(address, Math.random).length, 18);
});

test("uses the letters A to Y and the digits 0 to 9", () => {
  assert.equal(
    createTrackingId(address, () => 1 - Number.EPSILON),
    "YY-20999-109999999",
  );
});

test("measures the address in bytes of UTF-8 and rounds half of it down", () => {
  const street = { ...address, streetAddress: "Straße" };
  // "Straße, London, " has 16 characters, and one of them two bytes.
  assert.match(createTrackingId(street, Math.random), /^[A-Y]{2}-17\d{3}-8\d{7}$/);
});

test("creates different ids", () => {
  assert.notEqual(createTrackingId(address, Math.random), createTrackingId(address, Math.random));
});
