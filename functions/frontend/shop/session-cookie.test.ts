import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSessionCookies } from "./session-cookie.ts";

const id = "0b7e7c0e-5a3f-4c79-9a77-0e6d3c6f2d11";
const other = "5d6f0c1e-7a52-4d0e-9a3e-2f6f0f5f8c11";
const cookies = createSessionCookies(["a key that two storefronts share"]);
const signature = cookies.write(id).slice(id.length + 1);

describe("session cookies", () => {
  it("are an id and a signature that no other key and no other id has", () => {
    assert.match(cookies.write(id), /^0b7e7c0e-[0-9a-f-]{27}\.[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(cookies.read(cookies.write(id)), { id, isSigned: true });
    const same = createSessionCookies(["a key that two storefronts share"]);
    assert.deepEqual(same.read(cookies.write(id)), { id, isSigned: true });
    for (const keys of [["another key that has 32 letters."], undefined]) {
      const reader = createSessionCookies(keys);
      assert.deepEqual(reader.read(cookies.write(id)), { id, isSigned: false });
      assert.deepEqual(reader.read(reader.write(id)), { id, isSigned: true });
    }
    assert.deepEqual(cookies.read(`${other}.${signature}`), { id: other, isSigned: false });
  });

  it("are signed with the first key, and valid with each", () => {
    const [old, current] = ["a key that two storefronts share", "another key that has 32 letters."];
    const rotated = createSessionCookies([current, old]);
    assert.equal(rotated.write(id), createSessionCookies([current]).write(id));
    assert.deepEqual(rotated.read(rotated.write(id)), { id, isSigned: true });
    assert.deepEqual(rotated.read(cookies.write(id)), { id, isSigned: true });
    assert.deepEqual(rotated.read(`${other}.${signature}`), { id: other, isSigned: false });
  });

  for (const value of [id, `${id}.`, `${id}.${signature.slice(1)}`, `${id}.${"A".repeat(64)}`]) {
    it(`contain an id that is not signed in ${JSON.stringify(value)}`, () => {
      assert.deepEqual(cookies.read(value), { id, isSigned: false });
    });
  }

  for (const value of [
    "",
    "abc",
    `${id}x`,
    id.toUpperCase(),
    "<script>",
    `${id}.${signature}=`,
    `${id}.${signature}.${signature}`,
    `${id}.${"A".repeat(65)}`,
  ]) {
    it(`do not have the value ${JSON.stringify(value)}`, () => {
      assert.equal(cookies.read(value), undefined);
    });
  }
});
