import { Command } from "commander";
import { BackendError } from "#backends/backend-error.ts";
import { ConfigError } from "#runtime/environment.ts";
import { connectOrphans } from "#traces/connect-orphans.ts";
import type { TraceSpan } from "#traces/span.ts";
import { findTraceSource } from "../source/find-trace-source.ts";
import {
  checkSourceOptions,
  findTraceIdProblems,
  printSource,
  type SourceOptions,
  withTraceOptions,
} from "../source/source-options.ts";
import { showsColors } from "../terminal/colors.ts";
import { describeCriticalPath } from "./describe-critical-path.ts";
import { drawWaterfall } from "./draw-waterfall.ts";

interface TraceOptions extends SourceOptions {
  readonly criticalPath?: boolean;
  readonly json?: boolean;
  readonly width?: string;
}

/** The verb `trace`. The action rejects with BackendError if the trace is unknown or cannot be read. */
export function traceCommand(): Command {
  return withTraceOptions(
    new Command("trace")
      .description("Show a trace as a waterfall, from the local platform or from Jaeger.")
      .argument("<id>", "the trace id, 32 hexadecimal digits; every page and log line has one")
      .option("--critical-path", "show which functions and phases the time was spent in")
      .option("--json", "print the spans as JSON")
      .option("--width <columns>", "columns to draw in (default: the terminal's width)"),
  ).action(async (id: string, options: TraceOptions) => {
    const problems = findTraceIdProblems("the trace id", id);
    if (problems.length > 0) throw new ConfigError(problems);
    checkSourceOptions(options);
    const source = await findTraceSource(options);
    printSource(source.name);
    const spans = await source.readTrace(id);
    if (spans.length === 0) throw new BackendError(`${source.name} has no trace ${id}`);
    process.stdout.write(`${render(spans, options)}\n`);
  });
}

function render(spans: readonly TraceSpan[], options: TraceOptions): string {
  if (options.json) return JSON.stringify(spans, null, 2);
  const { spans: connected, movedCount } = connectOrphans(spans);
  const width = Math.max(40, Number(options.width ?? process.stdout.columns ?? 120) || 40);
  const text = options.criticalPath
    ? describeCriticalPath(connected)
    : drawWaterfall(connected, { width, colors: showsColors() });
  if (movedCount === 0) return text;
  return `${text}\n\n${movedCount} server spans were placed under the matching call: the platform's spans between them are missing.`;
}
