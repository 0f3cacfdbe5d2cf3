import assert from "node:assert/strict";
import { test } from "node:test";
import { shortName } from "./page/format.ts";
import { assignLevels, layOutGraph } from "./page/graph-layout.ts";
import { edgeKey } from "./page/graph-ways.ts";

const edges = [
  { parent: "frontend", child: "checkout" },
  { parent: "frontend", child: "cart" },
  { parent: "checkout", child: "cart" },
  { parent: "checkout", child: "email" },
];
const names = ["cart", "checkout", "email", "frontend"];

test("callers stand before those that they call, by the longest way", () => {
  const levels = assignLevels(names, edges);
  assert.deepEqual(Object.fromEntries(levels), { frontend: 0, checkout: 1, cart: 2, email: 2 });
});

test("calls in a circle do not keep the graph from being drawn", () => {
  const circle = [...edges, { parent: "email", child: "frontend" }];
  assert.equal(assignLevels(names, circle).size, 4);
  assert.equal(layOutGraph(names, circle, 900).ways.size, 5);
});

for (const width of [360, 600, 900]) {
  test(`no two nodes overlap and none leaves a drawing of ${width} pixels`, () => {
    const { nodes, nodeWidth, nodeHeight, height } = layOutGraph(names, edges, width);
    const places = [...nodes.values()];
    for (const { x, y } of places) {
      assert.ok(x - nodeWidth / 2 >= 0 && x + nodeWidth / 2 <= width);
      assert.ok(y - nodeHeight / 2 >= 0 && y + nodeHeight / 2 <= height);
    }
    places.forEach((a, index) => {
      for (const b of places.slice(index + 1)) {
        const apart = Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight;
        assert.ok(apart);
      }
    });
  });
}

test("edges that meet at a node end beside each other", () => {
  const { ways } = layOutGraph(names, edges, 900);
  const ends = ["frontend", "checkout"].map(
    (parent) => ways.get(edgeKey({ parent, child: "cart" }))?.at(-1)?.y,
  );
  assert.notEqual(ends[0], ends[1]);
});

test("a function's short name leaves out the word that all of them end in", () => {
  assert.equal(shortName("cartservice"), "cart");
  assert.equal(shortName("frontend"), "frontend");
});
