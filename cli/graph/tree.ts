import { formatMs } from "#measure/format.ts";
import type { GraphEdge } from "./graph-edge.ts";
import { formatRate } from "./render.ts";

/**
 * The edges as a tree: from the functions that nobody calls down to those that call nobody. What has
 * several callers stands under each of them.
 */
export function renderTree(edges: readonly GraphEdge[]): string {
  const called = new Set(edges.map(({ to }) => to));
  const roots = new Set(edges.map(({ from }) => from).filter((name) => !called.has(name)));
  return [...roots]
    .flatMap((root) => [root, ...renderCallees(root, edges, "", new Set([root]))])
    .join("\n");
}

function renderCallees(
  caller: string,
  edges: readonly GraphEdge[],
  indent: string,
  above: ReadonlySet<string>,
): string[] {
  const callees = edges.filter(({ from }) => from === caller);
  return callees.flatMap((edge, index) => {
    const isLast = index === callees.length - 1;
    const line = `${indent}${isLast ? "└─" : "├─"} ${edge.to}  ${describe(edge)}`;
    // A graph of calls has no cycle, but a picture of it must end even if it had one.
    if (above.has(edge.to)) return [line];
    const deeper = `${indent}${isLast ? "   " : "│  "}`;
    return [line, ...renderCallees(edge.to, edges, deeper, new Set([...above, edge.to]))];
  });
}

function describe({ perSecond, p99Ms, errorCount }: GraphEdge): string {
  const failed = errorCount > 0 ? `, ${Math.round(errorCount)} failed` : "";
  return `${formatRate(perSecond)}, p99 ${formatMs(p99Ms)}${failed}`;
}
