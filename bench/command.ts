import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { checkWritable } from "#load/check-writable.ts";
import { createProgress } from "#measure/progress.ts";
import type { Verdict } from "./budget/check-budget.ts";
import { type RawBenchOptions, readBenchOptions } from "./options.ts";
import { benchParts } from "./parts.ts";

interface CommandOptions extends RawBenchOptions {
  readonly json?: string;
  readonly budget?: true | readonly string[];
  readonly profile?: string;
}

const interruptedExitCode = 130;
const exceededExitCode = 3;

/**
 * The verb `bench`. It exits with 0 for any figures, with 3 if one exceeds the budget that `--budget` checks, and with
 * 130 after Ctrl-C.
 */
export function benchCommand(): Command {
  return new Command("bench")
    .description("Measure the functions against bare Node.js and a bare grpc-js echo server.")
    .option("--rounds <n>", "rounds of each comparison", "30")
    .option("--only <name...>", `functions, and parts: ${benchParts.join(", ")}`)
    .option(
      "--duration <time>",
      "how long overload overloads the shop (120s), or memory loads each shop with --compare (10m)",
    )
    .option("--compare <ref>", "compare this checkout with another commit, round by round")
    .option("--peer <url>", "compare pages and orders with a running shop that has the same pages")
    .option("--peer-pids <ids>", "the peer's processes, for CPU time and memory, such as 17,18")
    .addOption(
      new Option("--response-cache <state>", "whether functions keep responses of others")
        .env("RESPONSE_CACHE")
        .choices(["on", "off"])
        .default("on"),
    )
    .option("--profile <folder>", "write flame graphs of pages and orders, measuring nothing else")
    .option("--json <file>", "write all results as JSON")
    .option(
      "--budget [file...]",
      "check the results against bench/budget/budget.json, or those of earlier runs, measuring nothing",
    )
    .action(bench);
}

async function bench({ json, budget, profile, ...given }: CommandOptions): Promise<void> {
  if (budget !== undefined && budget !== true) {
    const { checkFiles } = await import("./budget/check-results.ts");
    return reportVerdicts(checkFiles(budget));
  }
  if (profile !== undefined) return profileTo(profile);
  const options = readBenchOptions(given);
  if (json !== undefined) checkWritable("--json", json);
  // The bundler and the messages are loaded only when they are needed, not for each verb.
  const { runBench } = await import("./run.ts");
  const { formatBench } = await import("./report.ts");
  const result = await runUntilInterrupt((context) => runBench(options, context));
  if (!result) return;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${formatBench(result)}\n`);
  if (budget) {
    const { checkResult } = await import("./budget/check-results.ts");
    process.stdout.write("\n");
    await reportVerdicts(checkResult(result));
  }
}

async function profileTo(folder: string): Promise<void> {
  const { profileShop } = await import("./profile/profile-shop.ts");
  const { formatProfiles } = await import("./profile/report-profile.ts");
  const pages = await runUntilInterrupt((context) => profileShop(folder, context));
  if (pages) process.stdout.write(`${formatProfiles(pages).join("\n")}\n`);
}

interface RunContext {
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Runs work with a progress line. After Ctrl-C the result is undefined and the exit code 130. */
async function runUntilInterrupt<T>(
  work: (context: RunContext) => Promise<T>,
): Promise<T | undefined> {
  const progress = createProgress(process.stderr, { intervalMs: 5000 });
  const interrupt = new AbortController();
  // The second signal exits at once and leaves the temporary folders.
  const onSignal = () =>
    interrupt.signal.aborted ? process.exit(interruptedExitCode) : interrupt.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work({
      onProgress: (text) => progress.update(text),
      signal: interrupt.signal,
    });
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    process.exitCode = interruptedExitCode;
    return undefined;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    progress.clear();
  }
}

async function reportVerdicts(verdicts: readonly Verdict[]): Promise<void> {
  const { formatVerdicts } = await import("./budget/report-budget.ts");
  process.stdout.write(`${formatVerdicts(verdicts).join("\n")}\n`);
  if (verdicts.some(({ state }) => state === "exceeded")) process.exitCode = exceededExitCode;
}
