import { Command } from "commander";
import { ConfigError } from "#runtime/environment.ts";
import { adoptOrphans } from "./adopt.ts";
import { findCriticalPath, sumCriticalPath } from "./critical-path.ts";
import { findTraceSource, NoTraceSourceError, TraceReadError } from "./source.ts";
import {
  checkSourceOptions,
  printSource,
  type SourceOptions,
  withSourceOptions,
} from "./source-options.ts";
import type { TraceSpan } from "./span.ts";
import { drawWaterfall, formatUs } from "./waterfall.ts";

interface TraceOptions extends SourceOptions {
  readonly criticalPath?: boolean;
  readonly json?: boolean;
  readonly width?: string;
}

/** Adds the options that name the source of traces. */
export function withTraceOptions(command: Command): Command {
  return withSourceOptions(command).option("--jaeger <url>", "Jaeger's query API");
}

/** The verb `trace`. It sets the exit code 1 for a trace that is not known, or when nobody answers. */
export function traceCommand(): Command {
  return withTraceOptions(
    new Command("trace")
      .description("Show a trace as a waterfall, from the local platform or from Jaeger.")
      .argument("<id>", "its id, 32 hexadecimal digits, as it stands on every page and log line")
      .option("--critical-path", "say what its time went to")
      .option("--json", "its spans as JSON")
      .option("--width <columns>", "columns to draw in (the terminal's)"),
  ).action(async (id: string, options: TraceOptions) => {
    if (!/^[0-9a-f]{16}([0-9a-f]{16})?$/.test(id)) {
      throw new ConfigError([
        `the trace id is ${JSON.stringify(id)}: expected 32 hexadecimal digits`,
      ]);
    }
    checkSourceOptions(options);
    try {
      const source = await findTraceSource(options);
      printSource(source.name);
      const spans = await source.readTrace(id);
      if (spans.length === 0) return fail(`${source.name} knows no trace ${id}`);
      process.stdout.write(`${render(spans, options)}\n`);
    } catch (error) {
      if (!(error instanceof NoTraceSourceError || error instanceof TraceReadError)) throw error;
      fail(error.message);
    }
  });
}

function render(spans: readonly TraceSpan[], options: TraceOptions): string {
  if (options.json) return JSON.stringify(spans, null, 2);
  const { spans: mended, adoptedCount } = adoptOrphans(spans);
  const note =
    adoptedCount > 0
      ? `\n\n${adoptedCount} answers hang under the call that they fit: the platform's spans between them are not here.`
      : "";
  return draw(mended, options) + note;
}

function draw(spans: readonly TraceSpan[], options: TraceOptions): string {
  if (options.criticalPath) return describeCriticalPath(spans);
  const width = Number(options.width ?? process.stdout.columns ?? 120);
  const colors = process.stdout.isTTY === true && process.stdout.hasColors();
  return drawWaterfall(spans, { width: width >= 40 ? width : 40, colors });
}

/** What a trace's time went to, as a table. */
export function describeCriticalPath(spans: readonly TraceSpan[]): string {
  const segments = findCriticalPath(spans);
  const totalUs = segments.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  const shares = sumCriticalPath(segments);
  const width = Math.max(...shares.map(({ service }) => service.length));
  const lines = shares.map(({ service, kind, durationUs }) => {
    const percent = `${((100 * durationUs) / totalUs).toFixed(1)} %`;
    return `${service.padEnd(width)}  ${kind.padEnd(11)}  ${formatUs(durationUs).padStart(9)}  ${percent.padStart(7)}`;
  });
  return [`${formatUs(totalUs)} from the first to the last:`, ...lines].join("\n");
}

function fail(message: string): void {
  process.stderr.write(`shop: ${message}\n`);
  process.exitCode = 1;
}
