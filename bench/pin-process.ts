import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ConfigError } from "#runtime/environment.ts";

/**
 * The first two CPUs that this process may use.
 *
 * @throws ConfigError without Linux and two CPUs
 */
export function findTwoCpus(): readonly [number, number] {
  const [first, second] = readAllowedCpus();
  if (first === undefined || second === undefined) {
    throw new ConfigError([
      '--only is "overload": expected Linux and two CPUs, one for the shop and one for its visitors',
    ]);
  }
  return [first, second];
}

/** Pins all threads of a process to a CPU. */
export function pinProcess(pid: number, cpu: number): void {
  execFileSync("taskset", ["-a", "-c", "-p", String(cpu), String(pid)], { stdio: "ignore" });
}

function readAllowedCpus(): number[] {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? [];
    return list.split(",").flatMap((range) => {
      const [from = 0, to = from] = range.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
  } catch {
    return [];
  }
}
