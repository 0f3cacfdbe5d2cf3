import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeKey, layOutCallGraph } from "./page/call-graph-layout.ts";
import { shortName } from "./page/format.ts";

const edges = [
  { parent: "frontend", child: "checkout" },
  { parent: "frontend", child: "cart" },
  { parent: "checkout", child: "cart" },
  { parent: "checkout", child: "email" },
];
const names = ["cart", "checkout", "email", "frontend"];

test("places callers left of the functions that they call, by the longest path", () => {
  const { nodes } = layOutCallGraph(names, edges, 900, 500);
  const xOf = (name: string) => Math.round(nodes.get(name)?.x ?? 0);
  assert.ok(xOf("frontend") < xOf("checkout") && xOf("checkout") < xOf("cart"));
  assert.equal(xOf("cart"), xOf("email"));
});

test("draws the calls of a cycle, but not those of a function to itself", () => {
  const cycle = [...edges, { parent: "email", child: "frontend" }];
  assert.equal(layOutCallGraph(names, cycle, 900, 500).edges.size, 5);
  const self = [...edges, { parent: "email", child: "email" }];
  assert.equal(layOutCallGraph(names, self, 900, 500).edges.size, 4);
});

for (const width of [352, 600, 900]) {
  test(`nodes do not overlap and are inside a drawing of ${width} pixels`, () => {
    const layout = layOutCallGraph(names, edges, width, 300);
    const { nodes, nodeWidth, nodeHeight, height } = layout;
    assert.equal(Math.round(layout.width), width);
    const positions = [...nodes.values()];
    for (const { x, y } of positions) {
      assert.ok(x - nodeWidth / 2 >= 0 && x + nodeWidth / 2 <= width);
      assert.ok(y - nodeHeight / 2 >= 0 && y + nodeHeight / 2 <= height);
    }
    positions.forEach((a, index) => {
      for (const b of positions.slice(index + 1)) {
        assert.ok(Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight);
      }
    });
  });
}

test("edges end at different points of a node", () => {
  const { edges: placed } = layOutCallGraph(names, edges, 900, 500);
  const ends = ["frontend", "checkout"].map((parent) =>
    placed
      .get(edgeKey({ parent, child: "cart" }))
      ?.path.split(" ")
      .at(-1),
  );
  assert.notEqual(ends[0], ends[1]);
});

test("shortens a function's name by the suffix service", () => {
  assert.equal(shortName("cartservice"), "cart");
  assert.equal(shortName("frontend"), "frontend");
});
