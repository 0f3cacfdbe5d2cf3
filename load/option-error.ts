import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** An option is wrong; the message is one sentence with its name, its value and the rule. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/**
 * Tells of a file that cannot be written before the work, not after it.
 *
 * @throws OptionError naming the option
 */
export function checkWritable(option: string, file: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error("a directory");
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch (cause) {
    const rule = "expected a file that can be written";
    throw new OptionError(`${option} is ${JSON.stringify(file)}: ${rule}`, { cause });
  }
}
