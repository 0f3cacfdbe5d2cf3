import { Command } from "commander";
import { createKubectl, KubectlError, KubectlMissingError } from "#knative/deploy/kubectl.ts";
import { ConfigError, parseDurationMs } from "#runtime/environment.ts";
import { readClusterLines } from "./cluster-lines.ts";
import { formatLine, type LineFilter, type LogLine, parseLine, passes } from "./line.ts";
import { LocalLogError, readLocalLines } from "./local-lines.ts";
import { LineMerger } from "./merge.ts";

interface LogsOptions {
  readonly trace?: string;
  readonly since: string;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly local?: string;
  readonly namespace: string;
  readonly cluster?: boolean;
}

const defaultLocal = "http://127.0.0.1:8081";
const mergeMs = 400;

/** The verb `logs`. Ctrl-C ends it with exit code 0; nobody to read from is exit code 1. */
export function logsCommand(): Command {
  return new Command("logs")
    .description(
      "Show the functions' logs, merged by time: of the local platform, or of a cluster.",
    )
    .argument("[function...]", "functions; all where none is named")
    .option("--trace <id>", "only what belongs to a trace")
    .option("--since <time>", "how far back, such as 10m", "1h")
    .option("-f, --follow", "go on until Ctrl-C, also with functions that start later")
    .option("--json", "the lines as they were written")
    .option("--local <url>", `the local platform's console (${defaultLocal})`)
    .option("--cluster", "the deployed shop, even where a local platform runs")
    .option("--namespace <name>", "where the deployed shop is", "shop")
    .action(async (services: string[], options: LogsOptions) => {
      const filter = readFilter(services, options);
      const closing = new AbortController();
      process.once("SIGINT", () => closing.abort());
      const colors = process.stdout.isTTY === true && process.stdout.hasColors();
      const print = (line: LogLine) =>
        process.stdout.write(`${options.json ? line.raw : formatLine(line, colors)}\n`);
      try {
        await show(filter, options, closing.signal, print);
      } catch (error) {
        process.stderr.write(`shop: ${explain(error, options)}\n`);
        process.exitCode = 1;
      }
    });
}

function explain(error: unknown, { cluster }: LogsOptions): string {
  if (error instanceof LocalLogError) return error.message;
  if (!(error instanceof KubectlError || error instanceof KubectlMissingError)) throw error;
  return cluster ? error.message : `no local platform answers, and ${error.message}`;
}

function readFilter(services: readonly string[], { trace, since }: LogsOptions): LineFilter {
  const problems: string[] = [];
  const sinceAgoMs = parseDurationMs(since);
  if (sinceAgoMs === undefined) {
    problems.push(`--since is ${JSON.stringify(since)}: expected a duration such as 10m`);
  }
  if (trace !== undefined && !/^[0-9a-f]{16}([0-9a-f]{16})?$/.test(trace)) {
    problems.push(`--trace is ${JSON.stringify(trace)}: expected 32 hexadecimal digits`);
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
  const { local, cluster, namespace, follow = false } = options;
  const url = local ?? defaultLocal;
  if (local !== undefined || (!cluster && (await answers(url)))) {
    for await (const raw of readLocalLines(url, { follow, signal })) {
      const line = parseLine(raw, "platform");
      if (passes(line, filter)) print(line);
    }
    return;
  }
  const merger = new LineMerger(print, mergeMs);
  const timer = follow ? setInterval(() => merger.release(performance.now()), 100) : undefined;
  await readClusterLines(createKubectl(), {
    namespace,
    services: filter.services,
    sinceMs: filter.sinceMs,
    follow,
    signal,
    onLine: (raw, service) => {
      const line = parseLine(raw, service);
      if (passes(line, filter)) merger.push(line, performance.now());
    },
  });
  clearInterval(timer);
  merger.flush();
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/state`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
