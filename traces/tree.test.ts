import assert from "node:assert/strict";
import { test } from "node:test";
import { createSpan, createTimedSpan, pageSpans } from "./fixtures/span.ts";
import { buildTrees, type SpanNode } from "./tree.ts";

const describe = ({ span, children }: SpanNode): string =>
  children.length === 0 ? span.id : `${span.id}(${children.map(describe).join(" ")})`;

test("a span whose parent is missing is the root of its own tree", () => {
  const trees = buildTrees([...pageSpans, createTimedSpan("orphan", "unknown", [5, 6])]);
  assert.deepEqual(trees.map(describe), ["root(call(served(boot)) other-call)", "orphan"]);
});

test("each span is in one tree, once, even in a cycle or with a shared id", () => {
  const spans = [
    createSpan("self", "self"),
    createSpan("x", "y"),
    createSpan("y", "x"),
    createSpan("shared", undefined, { kind: "client" }),
    createSpan("shared", "unknown", { kind: "server" }),
    createSpan("child", "shared"),
  ];
  assert.deepEqual(buildTrees(spans).map(describe), ["self", "shared(child)", "shared", "x(y)"]);
});

test("a chain of spans is cut into trees of 500 levels", () => {
  const chain = Array.from({ length: 10_000 }, (_, index) =>
    createSpan(String(index), index === 0 ? undefined : String(index - 1)),
  );
  const levels = ({ children }: SpanNode): number => 1 + Math.max(0, ...children.map(levels));
  assert.deepEqual(buildTrees(chain).map(levels), Array(20).fill(500));
});
