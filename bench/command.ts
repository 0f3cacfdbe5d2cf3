import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { checkWritable, OptionError } from "#load/option-error.ts";
import { createProgress } from "#measure/progress.ts";
import { readBenchOptions } from "./options.ts";

interface CommandOptions {
  readonly rounds: string;
  readonly only?: string[];
  readonly compare?: string;
  readonly json?: string;
}

const interruptedExitCode = 130;

/**
 * The verb `bench`. It exits with 0 whatever the figures are, with 2 for bad arguments and with 130
 * when the user ended it.
 */
export function benchCommand(): Command {
  const command = new Command("bench")
    .description("Measure the functions against bare Node.js and a bare grpc-js echo server.")
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replace(/\s+/g, " ")}\n`),
    })
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments(false)
    .option("--rounds <n>", "rounds of each comparison", "30")
    .option("--only <name...>", "functions, and parts: boot, memory, rpc, pages, platform")
    .option("--compare <ref>", "boots of this checkout beside those of another commit, interleaved")
    .option("--json <file>", "write everything as JSON");
  return command.action(async (given: CommandOptions) => {
    try {
      await bench(given);
    } catch (error) {
      if (error instanceof OptionError) {
        command.error(`error: ${error.message}`, { exitCode: 2 });
      }
      throw error;
    }
  });
}

async function bench({ json, ...given }: CommandOptions): Promise<void> {
  const options = readBenchOptions(given);
  if (json !== undefined) checkWritable("--json", json);
  // The bundler and the messages are loaded only when they are needed, not for each verb.
  const { runBench } = await import("./run.ts");
  const { formatBench } = await import("./report.ts");
  const line = createProgress(process.stderr, { intervalMs: 5000 });
  const interrupt = new AbortController();
  // The second one ends it at once, and leaves the temporary folders.
  const onSignal = () =>
    interrupt.signal.aborted ? process.exit(interruptedExitCode) : interrupt.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const result = await runBench(options, {
    onProgress: (text) => line.update(text),
    signal: interrupt.signal,
  }).catch((error: unknown) => {
    if (error !== interrupt.signal.reason) throw error;
  });
  process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  line.clear();
  if (!result) {
    process.exitCode = interruptedExitCode;
    return;
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${formatBench(result)}\n`);
}
