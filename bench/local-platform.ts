import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { portVariableOf } from "#local/config.ts";
import type { ConsoleState } from "#local/console/model.ts";
import { findDescendants } from "./process-usage.ts";
import { type ProcessPlan, startPrinting } from "./processes.ts";

/** The local platform of a checkout, as its `npm start` runs it, with all functions at zero at first. */
export type LocalPlatform = Awaited<ReturnType<typeof startLocalPlatform>>;

const zeroBoundMs = 60_000;
/** No function stops because it is idle while another shop is measured. */
const neverIdle = { SHOP_IDLE_WINDOW: "1h", SHOP_SWEEP_INTERVAL: "0" };

/**
 * Starts the local platform of a checkout on free ports by the command of its `npm start`. It uses nothing else
 * of the checkout, so that any commit can be started.
 *
 * @param folder the root of the checkout
 * @param dataDir the folder for all files of the platform and its functions
 * @param env further variables; without any, no function stops while it is idle
 * @param options further options of `npm start`
 */
export async function startLocalPlatform(
  folder: string,
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
) {
  const plan = planPlatform(folder, { ...neverIdle, DATA_DIR: dataDir, ...env }, options);
  const { lines, pid, stop } = await startPrinting(plan, (line) => line.includes("at zero"));
  const urlOf = (name: string) =>
    lines.find((line) => line.startsWith(`${name} `))?.split(/ +/)[1] ?? "";
  const consoleUrl = urlOf("console");
  return {
    /** The storefront's address. */
    url: urlOf("storefront"),
    /** The console's address. */
    consoleUrl,
    /** The platform's own process. */
    pid,
    /** The ids of its process and of all processes that it has started. */
    pids: (): readonly number[] => [pid, ...findDescendants(pid)],
    /** Waits until no function has a process. It rejects after a minute. */
    waitForZero: () => waitForZero(consoleUrl),
    stop,
  };
}

/** The variables that give each port of a checkout's local platform a free port. */
export function freePortsOf(folder: string): Record<string, string> {
  const functions = join(folder, "functions");
  const names = readdirSync(functions).filter((name) =>
    existsSync(join(functions, name, "func.yaml")),
  );
  const ports = names.map((name) => [portVariableOf(name), "0"]);
  return { ...Object.fromEntries(ports), CONSOLE_PORT: "0" };
}

function planPlatform(
  folder: string,
  env: Readonly<Record<string, string>>,
  options: readonly string[],
): ProcessPlan {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const [, ...words] = scripts.start.split(" ");
  const args = words.map((word) => (word.startsWith("cli/") ? join(folder, word) : word));
  return {
    name: "npm start",
    args: [...args, "--quiet", ...options],
    env: { ...freePortsOf(folder), ...env },
  };
}

async function waitForZero(consoleUrl: string): Promise<void> {
  const endMs = performance.now() + zeroBoundMs;
  for (;;) {
    const response = await fetch(new URL("/api/state", consoleUrl));
    const { functions } = (await response.json()) as ConsoleState;
    const running = functions.filter(({ pid }) => pid !== null).map(({ name }) => name);
    if (running.length === 0) return;
    if (performance.now() > endMs) {
      throw new Error(`${running.join(", ")} did not go to zero within ${zeroBoundMs} ms`);
    }
    await sleep(100);
  }
}
