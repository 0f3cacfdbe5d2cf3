import assert from "node:assert/strict";
import { test } from "node:test";
import { adoptOrphans } from "./adopt.ts";
import type { TraceSpan } from "./span.ts";

function span(id: string, parentId: string | undefined, more: Partial<TraceSpan>): TraceSpan {
  const base = { traceId: "t", id, parentId, service: "frontend", name: "GetCart", tags: {} };
  return { ...base, kind: "client", startUs: 0, durationUs: 100, ...more };
}

const served = { service: "cartservice", kind: "server", startUs: 80, durationUs: 10 } as const;

const parentsOf = (spans: readonly TraceSpan[]) => {
  const { spans: mended, adoptedCount } = adoptOrphans(spans);
  return { parents: mended.map(({ parentId }) => parentId), adoptedCount };
};

test("an answer whose parent is elsewhere hangs under the call that it fits", () => {
  const spans = [
    span("page", undefined, { kind: "server", name: "GET /" }),
    span("earlier", "page", { durationUs: 20 }),
    span("call", "page", { startUs: 30, durationUs: 65 }),
    span("other", "page", { name: "GetAds", startUs: 40, durationUs: 55 }),
    span("served", "lost", served),
  ];
  assert.deepEqual(parentsOf(spans), {
    parents: [undefined, "page", "page", "page", "call"],
    adoptedCount: 1,
  });
});

test("a call is given one answer, and what has a parent or fits nowhere stays", () => {
  const spans = [
    span("page", "browser", { kind: "server", name: "GET /" }),
    span("call", "page", {}),
    span("served", "call", served),
    span("second", "lost", served),
  ];
  assert.deepEqual(parentsOf(spans), {
    parents: ["browser", "page", "call", "lost"],
    adoptedCount: 0,
  });
});

test("what received an event hangs under the span that sent this event", () => {
  const event = (id: string) => ({ tags: { "cloudevents.event_id": id } });
  const received = { ...served, service: "emailservice-events", name: "POST /" };
  const spans = [
    span("order", undefined, { kind: "server", name: "PlaceOrder", durationUs: 200 }),
    span("wake", "order", { kind: "producer", name: "send wake", ...event("1") }),
    span("sent", "order", { kind: "producer", name: "send order", ...event("2") }),
    span("received", "lost", received),
    span("process", "received", { ...received, kind: "consumer", ...event("2") }),
    span("page", "browser", { ...received, name: "GET /" }),
  ];
  assert.deepEqual(parentsOf(spans), {
    parents: [undefined, "order", "order", "sent", "received", "browser"],
    adoptedCount: 1,
  });
});
