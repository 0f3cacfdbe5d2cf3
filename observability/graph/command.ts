import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { ConfigError, parseDurationMs } from "#runtime/environment.ts";
import { adoptOrphans } from "../trace/adopt.ts";
import { withTraceOptions } from "../trace/command.ts";
import { findTraceSource, NoTraceSourceError, reasonOf, TraceReadError } from "../trace/source.ts";
import { checkSourceOptions, printSource, type SourceOptions } from "../trace/source-options.ts";
import type { TraceSpan } from "../trace/span.ts";
import { findEdges, type GraphEdge } from "./edges.ts";
import { PrometheusError, readMetricEdges } from "./metric-edges.ts";
import { renderDot, renderSvg, renderTable } from "./render.ts";
import { renderTree } from "./tree.ts";

interface GraphOptions extends SourceOptions {
  readonly format: "table" | "dot" | "svg" | "json";
  readonly lookback: string;
  readonly out?: string;
}

/** The verb `graph`. It sets the exit code 1 when nobody answers, or no trace is there. */
export function graphCommand(): Command {
  return withTraceOptions(
    new Command("graph")
      .description("Show which function calls which, how often, how fast, and how often it fails.")
      .addOption(
        new Option("--format <format>", "how it is written")
          .choices(["table", "dot", "svg", "json"])
          .default("table"),
      )
      .option("--lookback <time>", "of how long", "15m")
      .option("--prometheus <url>", "count by metrics instead of traces")
      .option("--out <file>", "write it to a file"),
  ).action(async (options: GraphOptions) => {
    const lookbackMs = parseDurationMs(options.lookback);
    if (lookbackMs === undefined || lookbackMs === 0) {
      throw new ConfigError([
        `--lookback is ${JSON.stringify(options.lookback)}: expected a duration such as 15m`,
      ]);
    }
    checkSourceOptions(options);
    try {
      const { source, edges } = await readEdges(options, lookbackMs);
      printSource(source);
      if (edges.length === 0) {
        return fail(`${source} has no calls of the last ${options.lookback}: use the shop first`);
      }
      const text = await render(edges, options.format);
      if (options.out === undefined) process.stdout.write(`${text}\n`);
      else writeFileSync(options.out, `${text}\n`);
    } catch (error) {
      if (!expected.some((kind) => error instanceof kind)) throw error;
      fail(reasonOf(error));
    }
  });
}

const expected = [NoTraceSourceError, TraceReadError, PrometheusError];

async function readEdges(
  options: GraphOptions,
  lookbackMs: number,
): Promise<{ source: string; edges: GraphEdge[] }> {
  const { prometheus } = options;
  if (prometheus !== undefined) {
    const edges = await readMetricEdges(prometheus, lookbackMs);
    return { source: `Prometheus at ${prometheus}`, edges };
  }
  const source = await findTraceSource(options);
  const { traces, coveredMs } = await source.readTraces(lookbackMs);
  return { source: source.name, edges: findEdges(traces.map(mend), coveredMs) };
}

const mend = (spans: readonly TraceSpan[]) => adoptOrphans(spans).spans;

function render(
  edges: readonly GraphEdge[],
  format: GraphOptions["format"],
): string | Promise<string> {
  if (format === "json") return JSON.stringify(edges, null, 2);
  if (format === "dot") return renderDot(edges);
  return format === "svg" ? renderSvg(edges) : `${renderTable(edges)}\n\n${renderTree(edges)}`;
}

function fail(message: string): void {
  process.stderr.write(`shop: ${message}\n`);
  process.exitCode = 1;
}
