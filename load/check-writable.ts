import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "#runtime/environment.ts";

/**
 * Checks before a run that its result can be written to a file.
 *
 * @throws ConfigError naming the option
 */
export function checkWritable(option: string, file: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error("a directory");
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch {
    throw new ConfigError([
      `${option} is ${JSON.stringify(file)}: expected a file that can be written`,
    ]);
  }
}
