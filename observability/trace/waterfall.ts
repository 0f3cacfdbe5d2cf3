import { buildTrees, isCold, isFailed, type SpanNode, type TraceSpan } from "./span.ts";

/** How a waterfall is drawn. */
export interface WaterfallOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** Colours by function, for a terminal. */
  readonly colors: boolean;
}

const colorCodes = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/**
 * Draws a trace: a line for each span with its function, its name, its share of the time as a bar, and
 * its duration. `✗` marks a failed one, `❄` one that met its function's cold start.
 */
export function drawWaterfall(
  spans: readonly TraceSpan[],
  { width, colors }: WaterfallOptions,
): string {
  const startUs = Math.min(...spans.map((span) => span.startUs));
  const endUs = Math.max(...spans.map((span) => span.startUs + span.durationUs));
  const services = [...new Set(spans.map(({ service }) => service))].sort();
  const lines = buildTrees(spans).flatMap((tree) => flatten(tree, 0));
  const labels = lines.map(({ span, depth }) => labelOf(span, depth));
  const labelWidth = Math.min(
    Math.max(...labels.map(({ length }) => length)),
    Math.floor(width * 0.55),
  );
  const barWidth = Math.max(10, width - labelWidth - 12);
  const paint = (text: string, service: string) => {
    const code = colorCodes[services.indexOf(service) % colorCodes.length];
    return colors ? `\u001b[${code}m${text}\u001b[0m` : text;
  };
  const scale = barWidth / Math.max(1, endUs - startUs);
  const drawn = lines.map(({ span }, index) => {
    const label = fit(labels[index] ?? "", labelWidth);
    const from = Math.min(barWidth - 1, Math.floor((span.startUs - startUs) * scale));
    const length = Math.max(1, Math.min(barWidth - from, Math.round(span.durationUs * scale)));
    const bar = (" ".repeat(from) + barOf(span).repeat(length)).padEnd(barWidth);
    return `${paint(label, span.service)} ${paint(bar, span.service)} ${formatUs(span.durationUs).padStart(9)}`;
  });
  const cold = spans.filter(isCold).length;
  const failed = spans.filter(isFailed).length;
  const head = `trace ${spans[0]?.traceId}: ${formatUs(endUs - startUs)}, ${spans.length} spans of ${services.length} services, ${cold} cold starts, ${failed} failed`;
  return [head, "", ...drawn].join("\n");
}

/** Microseconds as people read them. */
export function formatUs(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}

function flatten(node: SpanNode, depth: number): { span: TraceSpan; depth: number }[] {
  return [
    { span: node.span, depth },
    ...node.children.flatMap((child) => flatten(child, depth + 1)),
  ];
}

function labelOf(span: TraceSpan, depth: number): string {
  const marks = `${isFailed(span) ? "✗ " : ""}${isCold(span) ? "❄ " : ""}`;
  return `${"  ".repeat(depth)}${marks}${span.service}  ${span.name}`;
}

function barOf(span: TraceSpan): string {
  return span.name.startsWith("faas.boot") ? "▒" : span.kind === "client" ? "░" : "█";
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
