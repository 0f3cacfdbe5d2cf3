import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** How a run of the command line ended. */
export interface ShopResult {
  /** The exit code; null if it was ended after ten minutes. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the project's command line to its end, in its root; `env` is added to the environment. */
export function runShop(args: readonly string[], env: NodeJS.ProcessEnv = {}): ShopResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/shop.ts", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 600_000,
  });
  return { status, stdout, stderr };
}
