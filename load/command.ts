import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { createProgress } from "#measure/progress.ts";
import { checkWritable, OptionError } from "./option-error.ts";
import {
  defaultLoadOptions,
  type LoadOptions,
  type RawLoadOptions,
  readLoadOptions,
} from "./options.ts";
import { describePlan, formatProgress, formatReport } from "./report.ts";
import type { LoadResult } from "./result.ts";

/** What only the command knows of. */
interface CommandOptions {
  readonly out?: string;
  readonly quiet?: boolean;
}

/**
 * The verb `load`. It sets the exit code: 0 when every request was answered as it should be, 1 when
 * some failed or were never sent, 2 for bad arguments, after one line on stderr.
 */
export function loadCommand(): Command {
  const command = new Command("load")
    .description("Drive the storefront as its users do, and report how fast it answers.")
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replace(/\s+/g, " ")}\n`),
    })
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments(false);
  for (const option of createOptions()) command.addOption(option);
  return command.action(async (given: RawLoadOptions & CommandOptions) => {
    const options = readOrFail(command, given);
    const result = await runWithProgress(options, given.quiet ?? false);
    if (given.out !== undefined) writeFileSync(given.out, `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(`${formatReport(result)}\n`);
    process.exitCode = hasFailed(result) ? 1 : 0;
  });
}

/** A run without any request has shown nothing, so it counts as failed too. */
function hasFailed({ total, arrivals, stoppedBy }: LoadResult): boolean {
  const isEmpty = total.count === 0 && stoppedBy !== "interrupt";
  return isEmpty || total.errorCount > 0 || (stoppedBy === "duration" && arrivals.unsentCount > 0);
}

function createOptions(): Option[] {
  const defaults = defaultLoadOptions;
  return [
    new Option("--url <url>", "the storefront, http only").default(defaults.url),
    new Option("--host-header <name>", "Host header to send, as a gateway needs it"),
    new Option(
      "--mode <mode>",
      "closed: users who wait; constant, poisson: tasks at a rate",
    ).default(defaults.mode),
    new Option("--users <n>", "users at once; at a rate: sessions that take turns")
      .env("USERS")
      .default(defaults.users),
    new Option("--spawn-rate <n>", "closed: users that start per second")
      .env("RATE")
      .default(defaults.spawnRate),
    new Option("--think-time <range>", "closed: wait between tasks").default(defaults.thinkTime),
    new Option("--rate <n>", "constant, poisson: tasks due per second"),
    new Option("--max-in-flight <n>", "constant, poisson: requests under way at once").default(
      defaults.maxInFlight,
    ),
    new Option("--duration <time>", "how long to start requests").default(defaults.duration),
    new Option("--max-requests <n>", "how many requests to send at most").default(
      defaults.maxRequests,
    ),
    new Option("--timeout <time>", "how long a request may take").default(defaults.timeout),
    new Option("--seed <n>", "draw the same tasks, products and waits again"),
    new Option("--out <file>", "write the result as JSON"),
    new Option("--quiet", "show the table only"),
  ];
}

function readOrFail(command: Command, given: RawLoadOptions & CommandOptions): LoadOptions {
  try {
    if (given.out !== undefined) checkWritable("--out", given.out);
    return readLoadOptions(given, () => Math.floor(Math.random() * 2 ** 32));
  } catch (error) {
    if (error instanceof OptionError) command.error(`error: ${error.message}`, { exitCode: 2 });
    throw error;
  }
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
      ...(!isQuiet && {
        onProgress: (progress) => line.update(formatProgress(progress, options)),
      }),
    });
  } finally {
    if (!isQuiet) line.clear();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
