import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { listFunctions } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { type RawDeployOptions, readDeployOptions } from "../../knative/deploy/options.ts";

const program = join(import.meta.dirname, "..", "..", "cli", "shop.ts");
let runs = 0;

/**
 * Runs the `shop` command with its real definitions, but without its verbs' actions:
 * names, options and arguments are checked as they are for a user.
 *
 * @returns the verb that would have run, and its arguments; undefined for `--help`
 * @throws Error with the message that the user would get
 */
export async function parseShop(
  args: readonly string[],
): Promise<{ verb: string; args: readonly string[] } | undefined> {
  const functions = listFunctions();
  const { action, outputHelp } = Command.prototype;
  const { argv, exit, exitCode } = process;
  const { write } = process.stderr;
  let parsed: { verb: string; args: readonly string[] } | undefined;
  let errors = "";
  Command.prototype.action = function (this: Command) {
    return action.call(this, () => {
      if (this.name() === "deploy") checkDeploy(this.opts(), functions);
      parsed = { verb: this.name(), args: this.args };
    });
  };
  Command.prototype.outputHelp = () => undefined;
  process.argv = [process.execPath, program, ...args];
  process.exitCode = undefined;
  process.exit = (code) => {
    throw new Error(`it exits with ${code}`);
  };
  process.stderr.write = (text: string | Uint8Array) => {
    errors += text;
    return true;
  };
  try {
    runs += 1;
    await import(`${pathToFileURL(program)}?run=${runs}`);
    if (process.exitCode) throw new Error(errors.trim());
  } finally {
    Object.assign(Command.prototype, { action, outputHelp });
    Object.assign(process, { argv, exit, exitCode });
    process.stderr.write = write;
  }
  return parsed;
}

// Commander does not check values and the source of the images.
function checkDeploy(options: RawDeployOptions, functions: readonly string[]): void {
  readDeployOptions(options, functions);
  const { registry, images, backing } = options;
  if (!registry && !images && !backing)
    throw new ConfigError(["no image: give --registry or --images"]);
}
