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
