import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { BackendError } from "#backends/backend-error.ts";
import { ConfigError, parseDurationMs } from "#runtime/environment.ts";
import { connectOrphans } from "#traces/connect-orphans.ts";
import { findCalls, measureEdges } from "#traces/edges.ts";
import { findTraceSource } from "../source/find-trace-source.ts";
import {
  checkSourceOptions,
  printSource,
  readUrl,
  type SourceOptions,
  withTraceOptions,
} from "../source/source-options.ts";
import { type GraphEdge, readMetricEdges, withRates } from "./metric-edges.ts";
import { renderDot, renderSvg, renderTable, renderTree } from "./render.ts";

interface GraphOptions extends SourceOptions {
  readonly format: "table" | "dot" | "svg" | "json";
  readonly lookback: string;
  readonly out?: string;
}

/** The verb `graph`. The action rejects with BackendError if nothing can be read or there are no calls. */
export function graphCommand(): Command {
  return withTraceOptions(
    new Command("graph")
      .description("Show which function calls which: rate, latency and errors of each edge.")
      .addOption(
        new Option("--format <format>", "output format")
          .choices(["table", "dot", "svg", "json"])
          .default("table"),
      )
      .option("--lookback <time>", "how far back calls are counted", "15m")
      .option("--prometheus <url>", "count by metrics instead of traces", readUrl)
      .option("--out <file>", "write to a file instead of standard output"),
  ).action(async (options: GraphOptions) => {
    const lookbackMs = parseDurationMs(options.lookback);
    if (lookbackMs === undefined || lookbackMs === 0) {
      throw new ConfigError([
        `--lookback is ${JSON.stringify(options.lookback)}: expected a duration such as 15m`,
      ]);
    }
    checkSourceOptions(options);
    const { source, edges } = await readEdges(options, lookbackMs);
    printSource(source);
    if (edges.length === 0) {
      throw new BackendError(
        `${source} has no calls of the last ${options.lookback}: use the shop first`,
      );
    }
    const text = await render(edges, options.format);
    if (options.out === undefined) process.stdout.write(`${text}\n`);
    else writeFileSync(options.out, `${text}\n`);
  });
}

async function readEdges(options: GraphOptions, lookbackMs: number) {
  const { prometheus } = options;
  if (prometheus !== undefined) {
    const edges = await readMetricEdges(prometheus, lookbackMs);
    return { source: `Prometheus at ${prometheus}`, edges };
  }
  const source = await findTraceSource(options);
  const { traces, coveredMs } = await source.readTraces(lookbackMs);
  const calls = traces.flatMap((spans) => findCalls(connectOrphans(spans).spans));
  return { source: source.name, edges: withRates(measureEdges(calls), coveredMs) };
}

function render(
  edges: readonly GraphEdge[],
  format: GraphOptions["format"],
): string | Promise<string> {
  if (format === "json") return JSON.stringify(edges, null, 2);
  if (format === "dot") return renderDot(edges);
  return format === "svg" ? renderSvg(edges) : `${renderTable(edges)}\n\n${renderTree(edges)}`;
}
