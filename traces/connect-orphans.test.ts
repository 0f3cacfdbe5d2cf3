import assert from "node:assert/strict";
import { test } from "node:test";
import { connectOrphans } from "./connect-orphans.ts";
import { createSpan } from "./fixtures/span.ts";
import type { TraceSpan } from "./span.ts";

const span = (id: string, parentId: string | undefined, changes: Partial<TraceSpan>) =>
  createSpan(id, parentId, { name: "GetCart", kind: "client", ...changes });

const served = { service: "cartservice", kind: "server", startUs: 80, durationUs: 10 } as const;

const parentsOf = (spans: readonly TraceSpan[]) => {
  const { spans: connected, movedCount } = connectOrphans(spans);
  return { parents: connected.map(({ parentId }) => parentId), movedCount };
};

test("places a server span whose parent is missing under the call that matches it", () => {
  const spans = [
    span("page", undefined, { kind: "server", name: "GET /" }),
    span("earlier", "page", { durationUs: 20 }),
    span("call", "page", { startUs: 30, durationUs: 65 }),
    span("other", "page", { name: "GetAds", startUs: 40, durationUs: 55 }),
    span("served", "lost", served),
  ];
  assert.deepEqual(parentsOf(spans), {
    parents: [undefined, "page", "page", "page", "call"],
    movedCount: 1,
  });
});

test("gives a call one server span, and leaves spans with a parent or without a match alone", () => {
  const spans = [
    span("page", "browser", { kind: "server", name: "GET /" }),
    span("call", "page", {}),
    span("served", "call", served),
    span("second", "lost", served),
  ];
  assert.deepEqual(parentsOf(spans), {
    parents: ["browser", "page", "call", "lost"],
    movedCount: 0,
  });
});

test("places the receiver of an event under the span that sent this event", () => {
  const event = (id: string) => ({ tags: { "cloudevents.event_id": id } });
  const received = { ...served, service: "emailservice-events", name: "POST /" };
  const spans = [
    span("order", undefined, { kind: "server", name: "PlaceOrder", durationUs: 200 }),
    span("warm", "order", { kind: "producer", name: "send warm-up", ...event("1") }),
    span("sent", "order", { kind: "producer", name: "send order", ...event("2") }),
    span("received", "lost", received),
    span("process", "received", { ...received, kind: "consumer", ...event("2") }),
    span("page", "browser", { ...received, name: "GET /" }),
  ];
  assert.deepEqual(parentsOf(spans), {
    parents: [undefined, "order", "order", "sent", "received", "browser"],
    movedCount: 1,
  });
});
