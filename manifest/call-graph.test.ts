import assert from "node:assert/strict";
import { test } from "node:test";
import { type GraphNode, sortDependenciesFirst } from "./call-graph.ts";

function nodeOf(name: string, ...dependencies: string[]): GraphNode {
  return { name, dependencies: dependencies.map((each) => ({ variable: "", name: each })) };
}

test("dependencies come before the functions that call them", () => {
  const nodes = [nodeOf("page", "cart", "list"), nodeOf("cart"), nodeOf("list"), nodeOf("other")];
  assert.deepEqual(
    sortDependenciesFirst(nodes).map(({ name }) => name),
    ["cart", "list", "page", "other"],
  );
});

test("rejects functions that call each other in a cycle, with their names", () => {
  const nodes = [nodeOf("page", "a"), nodeOf("a", "b"), nodeOf("b", "a")];
  assert.throws(() => sortDependenciesFirst(nodes), /in a cycle: a -> b -> a$/);
});
