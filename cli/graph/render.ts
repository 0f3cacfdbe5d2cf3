import { formatMs } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { GraphEdge } from "./metric-edges.ts";

/** The edges as a table. */
export function renderTable(edges: readonly GraphEdge[]): string {
  const rows = edges.map(({ from, to, count, perSecond, errorCount, p50Ms, p99Ms }) => [
    from,
    to,
    String(count),
    formatRate(perSecond),
    String(errorCount),
    formatMs(p50Ms),
    formatMs(p99Ms),
  ]);
  const head = ["FROM", "TO", "CALLS", "RATE", "ERRORS", "P50", "P99"];
  return formatTable([head, ...rows], [0, 1]).join("\n");
}

// Calls per minute if there is less than one per second.
function formatRate(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond.toFixed(2)}/s` : `${(perSecond * 60).toFixed(2)}/min`;
}

/** The edges in the DOT language: thicker for more calls, red if calls failed. */
export function renderDot(edges: readonly GraphEdge[]): string {
  const maxCount = Math.max(1, ...edges.map(({ count }) => count));
  const lines = edges.map(({ from, to, count, errorCount, perSecond, p99Ms }) => {
    const failed = errorCount > 0 ? `\\n${errorCount} failed` : "";
    const attributes = [
      `label="${formatRate(perSecond)}\\np99 ${formatMs(p99Ms)}${failed}"`,
      `penwidth=${(1 + (3 * count) / maxCount).toFixed(1)}`,
      `color="${errorCount > 0 ? "#c0392b" : "#5b6b7b"}"`,
    ];
    return `  "${from}" -> "${to}" [${attributes.join(", ")}];`;
  });
  return [
    "digraph shop {",
    '  graph [rankdir=LR, nodesep=0.35, ranksep=1.1, bgcolor="white"];',
    '  node [shape=box, style="rounded,filled", fillcolor="#eef3f7", color="#5b6b7b", fontname="Helvetica", fontsize=12];',
    '  edge [fontname="Helvetica", fontsize=9, fontcolor="#33404c"];',
    ...lines,
    "}",
  ].join("\n");
}

/** The edges as SVG, laid out by Graphviz. */
export async function renderSvg(edges: readonly GraphEdge[]): Promise<string> {
  // Loaded only for this format, because it contains a compiled Graphviz.
  const { instance } = await import("@viz-js/viz");
  return (await instance()).renderString(renderDot(edges), { format: "svg" });
}

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
