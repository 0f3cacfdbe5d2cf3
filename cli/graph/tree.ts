import { formatMs } from "#measure/format.ts";
import type { GraphEdge } from "./graph-edge.ts";
import { formatRate } from "./render.ts";

/**
 * The edges as a tree, from the functions without callers down to those without dependencies. A function
 * with several callers is listed under each of them.
 */
export function renderTree(edges: readonly GraphEdge[]): string {
  const called = new Set(edges.map(({ to }) => to));
  const roots = new Set(edges.map(({ from }) => from).filter((name) => !called.has(name)));
  return [...roots]
    .flatMap((root) => [root, ...renderDependencies(root, edges, "", new Set([root]))])
    .join("\n");
}

function renderDependencies(
  caller: string,
  edges: readonly GraphEdge[],
  indent: string,
  above: ReadonlySet<string>,
): string[] {
  const dependencies = edges.filter(({ from }) => from === caller);
  return dependencies.flatMap((edge, index) => {
    const isLast = index === dependencies.length - 1;
    const line = `${indent}${isLast ? "└─" : "├─"} ${edge.to}  ${describe(edge)}`;
    // The shop's graph has no cycle; other graphs may have one, and the tree has to end.
    if (above.has(edge.to)) return [line];
    const deeper = `${indent}${isLast ? "   " : "│  "}`;
    return [line, ...renderDependencies(edge.to, edges, deeper, new Set([...above, edge.to]))];
  });
}

function describe({ perSecond, p99Ms, errorCount }: GraphEdge): string {
  const failed = errorCount > 0 ? `, ${Math.round(errorCount)} failed` : "";
  return `${formatRate(perSecond)}, p99 ${formatMs(p99Ms)}${failed}`;
}
