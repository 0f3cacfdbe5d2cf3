import assert from "node:assert/strict";
import { test } from "node:test";
import { renderDot, renderSvg, renderTable, renderTree } from "./render.ts";

const edges = [
  {
    from: "frontend",
    to: "adservice",
    count: 1,
    errorCount: 1,
    p50Ms: 40,
    p99Ms: 40,
    perSecond: 1,
  },
  {
    from: "frontend",
    to: "cartservice",
    count: 1,
    errorCount: 0,
    p50Ms: 15,
    p99Ms: 15,
    perSecond: 1,
  },
];

test("a graph is printed as a table, in the DOT language and as SVG", async () => {
  assert.match(renderTable(edges), /frontend +cartservice +1 +1\.00\/s +0 +15\.0 ms +15\.0 ms/);
  assert.match(
    renderDot(edges),
    /"frontend" -> "adservice" \[label="1\.00\/s\\np99 40\.0 ms\\n1 failed"/,
  );
  const svg = await renderSvg(edges);
  assert.match(svg, /<svg/);
  assert.match(svg, /cartservice/);
});

test("a tree lists each called function under each of its callers, and ends at a cycle", () => {
  const edge = (from: string, to: string) => {
    const figures = { count: 1, errorCount: 0, p50Ms: 15, p99Ms: 15, perSecond: 1 };
    return { from, to, ...figures };
  };
  const nested = [
    edge("web", "a"),
    edge("web", "b"),
    edge("a", "c"),
    edge("b", "c"),
    edge("c", "a"),
  ];
  assert.deepEqual(
    renderTree(nested)
      .split("\n")
      .map((line) => line.replace(/ {2}1\.00.*$/, "")),
    ["web", "├─ a", "│  └─ c", "│     └─ a", "└─ b", "   └─ c", "      └─ a", "         └─ c"],
  );
});
