import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceSpan } from "../trace/span.ts";
import { findEdges } from "./edges.ts";
import { readMetricEdges } from "./metric-edges.ts";
import { renderDot, renderSvg, renderTable } from "./render.ts";
import { renderTree } from "./tree.ts";

function span(id: string, parentId: string | undefined, more: Partial<TraceSpan>): TraceSpan {
  const base = { traceId: "t", id, parentId, name: id, kind: "server", tags: {} } as const;
  return { ...base, service: "frontend", startUs: 0, durationUs: 20_000, ...more };
}

const trace = [
  span("page", undefined, {}),
  span("call", "page", { kind: "client", durationUs: 15_000 }),
  span("wait", "call", { service: "activator" }),
  span("proxy", "wait", { service: "cartservice", durationUs: 4000 }),
  span("served", "proxy", { service: "cartservice", durationUs: 3000 }),
  span("lookup", "served", { service: "cartservice", kind: "client", durationUs: 500 }),
  span("failed", "page", { kind: "client", tags: { error: "UNAVAILABLE" }, durationUs: 40_000 }),
  span("served2", "failed", { service: "adservice" }),
];

test("an edge is a call as its caller saw it, the activator left out", () => {
  assert.deepEqual(findEdges([trace, trace], 60_000), [
    {
      from: "frontend",
      to: "adservice",
      count: 2,
      errorCount: 2,
      perSecond: 2 / 60,
      p50Ms: 40,
      p99Ms: 40,
    },
    {
      from: "frontend",
      to: "cartservice",
      count: 2,
      errorCount: 0,
      perSecond: 2 / 60,
      p50Ms: 15,
      p99Ms: 15,
    },
  ]);
});

test("a graph is written as a table, in Graphviz' language and as a picture", async () => {
  const edges = findEdges([trace], 1000);
  assert.match(renderTable(edges), /frontend +cartservice +1 +1\.00\/s +0 +15 ms +15 ms/);
  assert.match(
    renderDot(edges),
    /"frontend" -> "adservice" \[label="1\.00\/s\\np99 40 ms\\n1 failed"/,
  );
  const svg = await renderSvg(edges);
  assert.match(svg, /<svg/);
  assert.match(svg, /cartservice/);
});

test("a tree goes from the first caller to the last callee, under each caller, and ends", () => {
  const edge = (from: string, to: string) => {
    const [found] = findEdges([trace], 1000);
    assert.ok(found);
    return { ...found, from, to, errorCount: 0 };
  };
  const edges = [
    edge("web", "a"),
    edge("web", "b"),
    edge("a", "c"),
    edge("b", "c"),
    edge("c", "a"),
  ];
  assert.deepEqual(
    renderTree(edges)
      .split("\n")
      .map((line) => line.replace(/ {2}1\.00.*$/, "")),
    ["web", "├─ a", "│  └─ c", "│     └─ a", "└─ b", "   └─ c", "      └─ a", "         └─ c"],
  );
});

test("who does not answer as Prometheus does is named", async () => {
  await assert.rejects(readMetricEdges("http://127.0.0.1:1", 1000), {
    name: "PrometheusError",
    message: /^Prometheus at http:\/\/127\.0\.0\.1:1 cannot be asked: /,
  });
});
