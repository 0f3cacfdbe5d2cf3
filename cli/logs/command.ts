import { Command } from "commander";
import type { Kubectl } from "#backends/kubectl.ts";
import { readFunctions, readLogLines } from "#backends/local-platform.ts";
import { ConfigError, parseDurationMs } from "#runtime/environment.ts";
import { chooseShop } from "../source/choose-shop.ts";
import {
  checkSourceOptions,
  describeCluster,
  findTraceIdProblems,
  namesCluster,
  printSource,
  type SourceOptions,
  withSourceOptions,
} from "../source/source-options.ts";
import { showsColors } from "../terminal/colors.ts";
import { checkNames, readClusterLines } from "./cluster-lines.ts";
import { formatLine, type LineFilter, type LogLine, parseLine, passes } from "./line.ts";
import { LineMerger } from "./merge.ts";

interface LogsOptions extends SourceOptions {
  readonly trace?: string;
  readonly since: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly json?: boolean;
}

const mergeMs = 400;

/**
 * The verb `logs`, which Ctrl-C ends with exit code 0. The action rejects with BackendError if nothing can
 * be read, and with ConfigError for wrong arguments and unknown functions.
 */
export function logsCommand(): Command {
  return withSourceOptions(
    new Command("logs")
      .description(
        "Print the functions' logs, sorted by time, of the local platform or of a cluster.",
      )
      .argument("[function...]", "functions (default: all)")
      .option("--trace <id>", "only the lines of one trace")
      .option("--since <time>", "how old lines may be, such as 10m", "1h")
      .option("-f, --follow", "continue until Ctrl-C, including functions that start later")
      .option(
        "-p, --previous",
        "the lines of the deployed shop's containers before their last restart",
      )
      .option("--json", "print the lines unchanged, as JSON"),
  ).action(async (services: string[], options: LogsOptions) => {
    const filter = readFilter(services, options);
    const closing = new AbortController();
    process.once("SIGINT", () => closing.abort());
    const colors = showsColors();
    const print = (line: LogLine) =>
      process.stdout.write(`${options.json ? line.raw : formatLine(line, colors)}\n`);
    await show(filter, options, closing.signal, print);
  });
}

// The local platform does not keep the logs of earlier processes apart.
function readsCluster(options: LogsOptions): boolean {
  return namesCluster(options) || options.previous === true;
}

function readFilter(services: readonly string[], options: LogsOptions): LineFilter {
  const { trace, since, follow, previous, local } = options;
  checkSourceOptions(options);
  const problems: string[] = [];
  const sinceAgoMs = parseDurationMs(since);
  if (sinceAgoMs === undefined) {
    problems.push(`--since is ${JSON.stringify(since)}: expected a duration such as 10m`);
  }
  if (trace !== undefined) problems.push(...findTraceIdProblems("--trace", trace));
  if (previous && follow)
    problems.push("--previous reads logs that have ended: leave out --follow");
  if (previous && local !== undefined) {
    problems.push("--previous reads the deployed shop: leave out --local");
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { services, traceId: trace, sinceMs: Date.now() - (sinceAgoMs ?? 0) };
}

async function show(
  filter: LineFilter,
  options: LogsOptions,
  signal: AbortSignal,
  print: (line: LogLine) => void,
): Promise<void> {
  const { follow = false } = options;
  await chooseShop(
    { ...options, cluster: readsCluster(options) },
    {
      local: async (url) => {
        printSource(`the local platform at ${url}`);
        const known = ["platform", ...(await readFunctions(url, signal)).keys()];
        checkNames(filter.services, known, "on the local platform");
        for await (const raw of readLogLines(url, { follow, signal })) {
          const line = parseLine(raw, "platform");
          if (passes(line, filter)) print(line);
        }
      },
      cluster: (kubectl, namespace) =>
        showCluster(kubectl, namespace, { filter, options, signal, print }),
    },
  );
}

interface Shown {
  readonly filter: LineFilter;
  readonly options: LogsOptions;
  readonly signal: AbortSignal;
  readonly print: (line: LogLine) => void;
}

async function showCluster(
  kubectl: Kubectl,
  namespace: string,
  { filter, options, signal, print }: Shown,
): Promise<void> {
  const { follow = false, previous = false } = options;
  printSource(`the pods in ${await describeCluster(kubectl, namespace)}`);
  const merger = new LineMerger(print, mergeMs);
  const timer = follow ? setInterval(() => merger.release(performance.now()), 100) : undefined;
  try {
    await readClusterLines(kubectl, {
      namespace,
      services: filter.services,
      sinceMs: filter.sinceMs,
      follow,
      previous,
      signal,
      onLine: (raw, service) => {
        const line = parseLine(raw, service);
        if (passes(line, filter)) merger.push(line, performance.now());
      },
    });
  } finally {
    clearInterval(timer);
    merger.flush();
  }
}
