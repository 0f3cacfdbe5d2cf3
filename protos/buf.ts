import { execFileSync } from "node:child_process";
import { delimiter, join } from "node:path";

const binaries = join(import.meta.dirname, "..", "node_modules", ".bin");

/** Runs buf in this folder with the installed plugins; if it fails, throws an error with its output. */
export function buf(...args: string[]): string {
  return execFileSync(process.execPath, [join(binaries, "buf"), ...args], {
    cwd: import.meta.dirname,
    env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH}` },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
