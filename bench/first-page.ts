import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exchange } from "#load/exchange.ts";
import { hasPageMarker } from "#load/page.ts";
import { findFreePort } from "#runtime/find-free-port.ts";
import { freePortsOf } from "./local-platform.ts";
import { findDescendants, readCpuUs } from "./process-usage.ts";

const boundMs = 60_000;
const stopBoundMs = 10_000;
/** A shop without requests uses less CPU time in 100 ms. */
const busyUs = 20_000;
const idleMs = 500;

/**
 * Runs `npm start` in a checkout as a person does, with free ports. It is stopped after the first page, but not before
 * its build is complete: what is missing would be built by the next start.
 *
 * @param folder the root of the checkout; all files of the shop are written to it
 * @returns milliseconds from the spawn of npm until the home page is complete
 * @throws Error with the output if it ends before, or takes longer than a minute
 */
export async function timeFirstPage(folder: string): Promise<number> {
  const port = await findFreePort();
  const startMs = performance.now();
  // A group of its own, so that the processes that npm starts can be stopped with it.
  const child = spawn("npm", ["start", "--", "--quiet"], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...freePortsOf(folder),
      PORT: String(port),
      // The same Node.js for both commits.
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      npm_config_update_notifier: "false",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output = `${output}${chunk}`.slice(-4096);
    });
  }
  try {
    await waitForPage(child, `http://127.0.0.1:${port}/`, startMs + boundMs);
    const firstPageMs = performance.now() - startMs;
    await waitUntilIdle(child.pid ?? 0);
    return firstPageMs;
  } catch (error) {
    throw new Error(`npm start in ${folder}: ${(error as Error).message}\n${output}`.trim());
  } finally {
    await stopGroup(child);
  }
}

async function waitForPage(child: ChildProcess, url: string, endMs: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  try {
    while (performance.now() < endMs) {
      if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
      if (await hasHomePage(url, agent)) return;
      await sleep(2);
    }
    throw new Error(`there is no home page after ${boundMs / 1000} s`);
  } finally {
    agent.destroy();
  }
}

async function waitUntilIdle(pid: number): Promise<void> {
  const endMs = performance.now() + stopBoundMs;
  let cpuUs = 0;
  let idleSinceMs = performance.now();
  while (performance.now() < endMs) {
    const sumUs = findDescendants(pid).reduce((sum, each) => sum + (readCpuUs(each) ?? 0), 0);
    if (Math.abs(sumUs - cpuUs) > busyUs) idleSinceMs = performance.now();
    if (performance.now() - idleSinceMs > idleMs) return;
    cpuUs = sumUs;
    await sleep(100);
  }
}

async function hasHomePage(url: string, agent: Agent): Promise<boolean> {
  const request = { url: new URL(url), method: "GET", headers: {}, body: undefined } as const;
  const signal = new AbortController().signal;
  try {
    const response = await exchange({ ...request, timeoutMs: boundMs, signal, agent });
    return response.status === 200 && hasPageMarker("GET /", response.body);
  } catch {
    // The platform does not listen yet.
    return false;
  }
}

async function stopGroup({ pid = 0 }: ChildProcess): Promise<void> {
  const endMs = performance.now() + stopBoundMs;
  // npm and sh end after the platform, which ends after its functions.
  sendToGroup(pid, "SIGTERM");
  while (sendToGroup(pid, 0)) {
    if (performance.now() > endMs) return void sendToGroup(pid, "SIGKILL");
    await sleep(20);
  }
}

/** Whether the group has a process. */
function sendToGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return pid > 0 && process.kill(-pid, signal);
  } catch {
    return false;
  }
}
