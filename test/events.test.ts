import assert from "node:assert/strict";
import { test } from "node:test";
import { retryPausesMs } from "#manifest/delivery-policy.ts";
import { readManifests } from "#manifest/manifest.ts";
import { orderPlaced, prewarm } from "#protos/events.ts";
import { defaultLeaseMs } from "../functions/emailservice/idempotency-store.ts";

test("functions subscribe to the event types that protos/events.ts defines", () => {
  const subscribed = readManifests().flatMap(({ deploy }) =>
    deploy.subscriptions.map(({ filters }) => filters.type),
  );
  assert.deepEqual(subscribed.toSorted(), [orderPlaced.type, prewarm.type].toSorted());
});

test("brokers retry a delivery after the reservation of a mail by a killed process has ended", () => {
  const pausesMs = retryPausesMs.reduce((sum, pauseMs) => sum + pauseMs, 0);
  const [lastMs = 0] = retryPausesMs.slice(-1);
  assert.ok(pausesMs - lastMs > defaultLeaseMs, "before the last pause");
});
