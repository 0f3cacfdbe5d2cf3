import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { checkWritable, OptionError } from "#load/option-error.ts";
import { createProgressLine } from "#load/progress-line.ts";
import { readBenchOptions } from "./options.ts";

interface CommandOptions {
  readonly rounds: string;
  readonly only?: string[];
  readonly json?: string;
}

/** The verb `bench`. It exits with 0 whatever the figures are, and with 2 for bad arguments. */
export function benchCommand(): Command {
  const command = new Command("bench")
    .description("Measure the functions against bare Node.js and a bare grpc-js echo server.")
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replace(/\s+/g, " ")}\n`),
    })
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments(false)
    .option("--rounds <n>", "rounds of each comparison", "30")
    .option("--only <name...>", "functions, and parts: boot, memory, rpc, pages")
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
  const line = createProgressLine(process.stderr, performance.now());
  const result = await runBench(options, (text) => line.update(text, performance.now()));
  line.clear();
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${formatBench(result)}\n`);
}
