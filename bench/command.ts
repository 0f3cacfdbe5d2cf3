import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { checkWritable } from "#load/check-writable.ts";
import { createProgress } from "#measure/progress.ts";
import { type RawBenchOptions, readBenchOptions } from "./options.ts";

interface CommandOptions extends RawBenchOptions {
  readonly json?: string;
}

const interruptedExitCode = 130;

/** The verb `bench`. It exits with 0 for any figures, and with 130 after Ctrl-C. */
export function benchCommand(): Command {
  return new Command("bench")
    .description("Measure the functions against bare Node.js and a bare grpc-js echo server.")
    .option("--rounds <n>", "rounds of each comparison", "30")
    .option(
      "--only <name...>",
      "functions, and parts: boot, memory, rpc, pages, platform, overload",
    )
    .option("--duration <time>", "how long the part overload overloads the shop", "120s")
    .option(
      "--compare <ref>",
      "compare boots and calls of this checkout with those of another commit",
    )
    .option("--json <file>", "write all results as JSON")
    .action(bench);
}

async function bench({ json, ...given }: CommandOptions): Promise<void> {
  const options = readBenchOptions(given);
  if (json !== undefined) checkWritable("--json", json);
  // The bundler and the messages are loaded only when they are needed, not for each verb.
  const { runBench } = await import("./run.ts");
  const { formatBench } = await import("./report.ts");
  const progress = createProgress(process.stderr, { intervalMs: 5000 });
  const interrupt = new AbortController();
  // The second signal exits at once and leaves the temporary folders.
  const onSignal = () =>
    interrupt.signal.aborted ? process.exit(interruptedExitCode) : interrupt.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const result = await runBench(options, {
    onProgress: (text) => progress.update(text),
    signal: interrupt.signal,
  }).catch((error: unknown) => {
    if (error !== interrupt.signal.reason) throw error;
  });
  process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  progress.clear();
  if (!result) {
    process.exitCode = interruptedExitCode;
    return;
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${formatBench(result)}\n`);
}
