import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { createCallContext } from "#runtime/fixtures/request-context.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { implement } from "#runtime/rpc.ts";
import { createAdService } from "./service.ts";

async function openClient(t: TestContext) {
  const service = createAdService(Math.random);
  const server = await serveForTest({ services: [implement(AdServiceDefinition, service)] });
  t.after(() => server.close());
  const client = createClient(AdServiceDefinition, server.address);
  t.after(() => client.close());
  return client;
}

test("returns the ad of a category with a link to its product", async (t) => {
  const client = await openClient(t);
  const { ads } = await client.getAds({ contextKeys: ["accessories"] });
  assert.deepEqual(
    ads.map(({ redirectUrl }) => redirectUrl),
    ["/product/1YMWWN1N4O"],
  );
  assert.match(ads[0]?.text ?? "", /watch/);
});

test("returns two ads without a category", async (t) => {
  const client = await openClient(t);
  const { ads } = await client.getAds({ contextKeys: [] });
  assert.equal(ads.length, 2);
});

test("accepts 1000 keys, and rejects more keys or longer keys with INVALID_ARGUMENT", async (t) => {
  const client = await openClient(t);
  const keys = (count: number) => Array.from({ length: count }, () => "kitchen");
  assert.equal((await client.getAds({ contextKeys: keys(1000) })).ads.length, 2000);
  await assert.rejects(client.getAds({ contextKeys: keys(1001) }), {
    code: "INVALID_ARGUMENT",
    message: "context_keys has 1001 entries: expected at most 1000",
  });
  await assert.rejects(client.getAds({ contextKeys: ["x".repeat(257)] }), {
    code: "INVALID_ARGUMENT",
    message: "context_keys[0] has 257 characters: expected at most 256",
  });
});

test("allows to use the ads of a category again, but no random ads", async () => {
  const { getAds } = createAdService(Math.random);
  const policiesOf = async (...contextKeys: string[]) => {
    const { context, policies } = createCallContext();
    await getAds({ contextKeys }, context);
    return policies;
  };
  const [policy, ...others] = await policiesOf("kitchen", "home");
  assert.deepEqual(others, []);
  assert.equal(policy?.maxAgeS, 5);
  assert.equal(policy.staleWhileRevalidateS, 55);
  assert.deepEqual(await policiesOf("hair"), [policy]);
  assert.deepEqual(await policiesOf(), []);
  assert.deepEqual(await policiesOf("unknown"), []);
});
