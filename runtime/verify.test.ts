import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { forkFixture, untilReady } from "./fixtures/fork-fixture.ts";

test("a function exits 2 and logs one line if it cannot use its stored data", async (t) => {
  const { child, lines } = forkFixture(t, "ad-function.ts", { ADS_STORED: "newer" });
  assert.deepEqual(await once(child, "exit"), [2, null]);
  // It serves before: the check must not delay a cold start.
  assert.deepEqual(
    lines().map(({ severity, message }) => [severity, message]),
    [
      ["INFO", "ready"],
      ["ERROR", "adservice cannot use its stored data: file ads is of a newer format"],
    ],
  );
});

test("a function keeps running if its stored data cannot be verified", async (t) => {
  const { child, lines } = forkFixture(t, "ad-function.ts", { ADS_STORED: "closed" });
  const { port } = await untilReady(child);
  const isLogged = () => assert.equal(lines().at(-1)?.severity, "WARNING");
  await t.waitFor(isLogged, { timeout: 10_000 });
  assert.equal(lines().at(-1)?.message, "could not verify the stored data");
  const client = createClient(AdServiceDefinition, `127.0.0.1:${port}`);
  t.after(() => client.close());
  assert.equal((await client.getAds({ contextKeys: ["a"] })).ads.length, 1);
});

test("a function verifies its stored data after its first answer", async (t) => {
  const { child, lines } = forkFixture(t, "ad-function.ts", { ADS_STORED: "closed" });
  const { port } = await untilReady(child);
  const client = createClient(AdServiceDefinition, `127.0.0.1:${port}`);
  t.after(() => client.close());
  await client.getAds({ contextKeys: ["a"] });
  const isVerified = () => assert.equal(lines().at(-1)?.severity, "WARNING");
  await t.waitFor(isVerified, { timeout: 10_000 });
  assert.deepEqual(
    lines().map(({ message }) => message),
    ["ready", "ads were requested", "could not verify the stored data"],
  );
});
