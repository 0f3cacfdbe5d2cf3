import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { forkFixture } from "./fixtures/fork-fixture.ts";

describe("a function that is starting", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`exits 0 at once on ${signal}`, async (t) => {
      const { child, lines } = forkFixture(t, "endless-setup.ts");
      assert.deepEqual(await once(child, "message"), ["setup", undefined]);
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [0, null]);
      assert.deepEqual(lines(), []);
    });
  }

  test("exits 0 at once when the local platform has ended", async (t) => {
    const { child } = forkFixture(t, "endless-setup.ts");
    await once(child, "message");
    child.disconnect();
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
});
