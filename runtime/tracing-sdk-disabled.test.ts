import assert from "node:assert/strict";
import { test } from "node:test";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { serveCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { implement } from "./rpc.ts";

process.env.OTEL_SDK_DISABLED = "true";

test("outgoing calls inherit the deadline although OpenTelemetry's SDK is disabled", async (t) => {
  const deadlines: (Date | undefined)[] = [];
  const { client: cart } = await serveCart(t, {
    getCart: ({ userId }, { deadline }) => {
      deadlines.push(deadline);
      return { userId, items: [] };
    },
  });
  const service = implement(AdServiceDefinition, {
    getAds: async (_request, { deadline }) => {
      deadlines.push(deadline);
      await cart.getCart({ userId: "u" });
      return { ads: [] };
    },
  });
  const server = await serveForTest({ services: [service] });
  t.after(() => server.close());
  const ads = createClient(AdServiceDefinition, server.address);
  t.after(() => ads.close());
  await ads.getAds({ contextKeys: [] }, { timeoutMs: 3000 });
  const [caller = new Date(0), dependency = new Date(0)] = deadlines;
  // Timeouts are sent as durations: each hop moves the deadline by its own latency.
  const laterByMs = dependency.getTime() - caller.getTime();
  assert.ok(laterByMs >= -2 && laterByMs < 1500, `${laterByMs} ms later than the caller's`);
});
