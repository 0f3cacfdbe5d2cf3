import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { createProgress } from "#measure/progress.ts";
import { checkWritable } from "./check-writable.ts";
import {
  defaultLoadOptions as defaults,
  type LoadOptions,
  type RawLoadOptions,
  readLoadOptions,
} from "./options.ts";
import { describePlan, formatProgress, formatReport } from "./report.ts";
import type { LoadResult } from "./run.ts";

interface CommandOptions extends RawLoadOptions {
  readonly out?: string;
  readonly quiet?: boolean;
}

/**
 * The verb `load`. It exits with 0 if every request succeeded, and with 1 if some failed or were never
 * sent.
 */
export function loadCommand(): Command {
  return new Command("load")
    .description("Send the storefront's usual traffic and report its latencies.")
    .option("--url <url>", "the storefront, http only", defaults.url)
    .option("--host-header <name>", "Host header to send, for a gateway")
    .option(
      "--mode <mode>",
      "closed: users who wait; constant, poisson: tasks at a rate",
      defaults.mode,
    )
    .addOption(
      new Option("--users <n>", "concurrent users; at a rate: number of sessions")
        .env("USERS")
        .default(defaults.users),
    )
    .addOption(
      new Option("--spawn-rate <n>", "closed: users that start per second")
        .env("RATE")
        .default(defaults.spawnRate),
    )
    .option("--think-time <range>", "closed: wait between tasks", defaults.thinkTime)
    .option("--rate <n>", "constant, poisson: tasks per second")
    .option(
      "--max-in-flight <n>",
      "constant, poisson: max. concurrent requests",
      defaults.maxInFlight,
    )
    .option("--duration <time>", "for how long to start requests", defaults.duration)
    .option("--max-requests <n>", "max. number of requests", defaults.maxRequests)
    .option("--timeout <time>", "max. duration of a request", defaults.timeout)
    .option("--seed <n>", "repeat the tasks, products and waits of a run")
    .option("--out <file>", "write the result as JSON")
    .option("--quiet", "print the table only")
    .action(load);
}

async function load({ out, quiet = false, ...given }: CommandOptions): Promise<void> {
  if (out !== undefined) checkWritable("--out", out);
  const options = readLoadOptions(given, () => Math.floor(Math.random() * 2 ** 32));
  const result = await runWithProgress(options, quiet);
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${formatReport(result)}\n`);
  process.exitCode = hasFailed(result) ? 1 : 0;
}

/** A run without any request measured nothing, so it fails too. */
function hasFailed({ total, arrivals, stoppedBy }: LoadResult): boolean {
  const isEmpty = total.count === 0 && stoppedBy !== "interrupt";
  return isEmpty || total.errorCount > 0 || (stoppedBy === "duration" && arrivals.unsentCount > 0);
}

async function runWithProgress(options: LoadOptions, isQuiet: boolean): Promise<LoadResult> {
  // The histograms are loaded only when they are needed, not for each verb.
  const { runLoad } = await import("./run.ts");
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const line = createProgress(process.stderr, { intervalMs: 5000 });
  if (!isQuiet) process.stderr.write(`${describePlan(options)}\n`);
  try {
    return await runLoad(options, {
      signal: interrupt.signal,
      ...(!isQuiet && { onProgress: (now) => line.update(formatProgress(now, options)) }),
    });
  } finally {
    line.clear();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
