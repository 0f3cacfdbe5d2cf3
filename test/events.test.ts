import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "#manifest/manifest.ts";
import { orderPlaced, prewarm } from "#protos/events.ts";

test("functions subscribe to the event types that protos/events.ts defines", () => {
  const subscribed = readManifests().flatMap(({ deploy }) =>
    deploy.subscriptions.map(({ filters }) => filters.type),
  );
  assert.deepEqual(subscribed.toSorted(), [orderPlaced.type, prewarm.type].toSorted());
});
