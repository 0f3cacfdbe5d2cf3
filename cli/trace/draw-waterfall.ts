import { formatMs } from "#measure/format.ts";
import { isBootOrPhase } from "#traces/known-spans.ts";
import { isCold, isFailed, type TraceSpan } from "#traces/span.ts";
import { layOutWaterfall, type WaterfallRow } from "#traces/waterfall.ts";
import { colorOf, paint } from "../terminal/colors.ts";

/**
 * Draws a trace as text: one line per span with its function, its name, its share of the time as a bar,
 * and its duration. `✗` marks a failed span, `❄` one that met its function's cold start.
 */
export function drawWaterfall(
  spans: readonly TraceSpan[],
  { width, colors }: { width: number; colors: boolean },
): string {
  const { durationUs, rows } = layOutWaterfall(spans);
  const serviceCount = new Set(spans.map(({ service }) => service)).size;
  const labels = rows.map(labelOf);
  const labelWidth = Math.min(
    Math.max(...labels.map(({ length }) => length)),
    Math.floor(width * 0.55),
  );
  const barWidth = Math.max(10, width - labelWidth - 12);
  const style = (text: string, service: string) => (colors ? paint(colorOf(service), text) : text);
  const lines = rows.map(({ span, offset, share }, index) => {
    const label = fit(labels[index] ?? "", labelWidth);
    const from = Math.min(barWidth - 1, Math.floor(offset * barWidth));
    const length = Math.max(1, Math.min(barWidth - from, Math.round(share * barWidth)));
    const bar = (" ".repeat(from) + barOf(span).repeat(length)).padEnd(barWidth);
    return `${style(label, span.service)} ${style(bar, span.service)} ${formatMs(span.durationUs / 1000).padStart(9)}`;
  });
  const cold = spans.filter(isCold).length;
  const failed = spans.filter(isFailed).length;
  const head = `trace ${spans[0]?.traceId}: ${formatMs(durationUs / 1000)}, ${spans.length} spans of ${serviceCount} services, ${cold} cold starts, ${failed} failed`;
  return [head, "", ...lines].join("\n");
}

function labelOf({ span, depth }: WaterfallRow): string {
  const marks = `${isFailed(span) ? "✗ " : ""}${isCold(span) ? "❄ " : ""}`;
  return `${"  ".repeat(depth)}${marks}${span.service}  ${span.name}`;
}

function barOf(span: TraceSpan): string {
  if (isBootOrPhase(span)) return "▒";
  return span.kind === "client" ? "░" : "█";
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
