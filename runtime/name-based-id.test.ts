import assert from "node:assert/strict";
import { test } from "node:test";
import { isUuid, nameBasedId } from "./name-based-id.ts";

// RFC 9562, A.4.
const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

test("derives the UUID of version 5 that RFC 9562 gives as its example", () => {
  const id = "2ed6657d-e927-568b-95e1-2665a8aea6a2";
  assert.equal(nameBasedId(dns, "www.example.com"), id);
  assert.equal(nameBasedId(dns.toUpperCase(), "www.example.com"), id);
});

test("keeps several names apart", () => {
  const id = nameBasedId(dns, "ab", "c");
  assert.equal(id, nameBasedId(nameBasedId(dns, "ab"), "c"));
  for (const names of [["a", "bc"], ["abc"], ["c", "ab"], ["ab", "c", ""]]) {
    assert.notEqual(nameBasedId(dns, ...names), id, names.join());
  }
});

test("accepts only the text form of RFC 9562 as a UUID", () => {
  assert.equal(isUuid(dns), true);
  assert.equal(isUuid(dns.toUpperCase()), true);
  for (const text of ["", "x", dns.slice(1), `${dns}0`, ` ${dns}`, `${dns}\n`]) {
    assert.equal(isUuid(text), false, text);
  }
});
