import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseSessionId, sharedSessionId } from "./session.ts";

const known = "0b7e7c0e-5a3f-4c79-9a77-0e6d3c6f2d11";
const fresh = "11111111-2222-4333-8444-555555555555";
const own = { hasSharedSession: false, createId: () => fresh };

describe("chooseSessionId", () => {
  it("keeps the session of the cookie", () => {
    assert.equal(chooseSessionId(known, own), known);
  });

  for (const cookie of [undefined, "", "abc", `${known}x`, known.toUpperCase(), "<script>"]) {
    it(`starts a session for the cookie ${JSON.stringify(cookie)}`, () => {
      assert.equal(chooseSessionId(cookie, own), fresh);
    });
  }

  it("returns the shared session to all visitors if it is enabled", () => {
    const shared = { ...own, hasSharedSession: true };
    assert.equal(chooseSessionId(known, shared), sharedSessionId);
    assert.equal(chooseSessionId(undefined, shared), sharedSessionId);
  });
});
