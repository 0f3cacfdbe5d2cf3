import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { spreadOf } from "#measure/quantiles.ts";

/** Memory of a process. */
export interface MemoryUse {
  /** Resident set size, shared pages in full. */
  readonly rssBytes: number;
  /** Proportional set size, shared pages by their share (Linux); null elsewhere. */
  readonly pssBytes: number | null;
}

/** Median and quartiles in bytes; `pssBytes` is null where the system has none. */
export type Memory = ReturnType<typeof summarizeMemory>;

/** Summarizes one reading or more. */
export function summarizeMemory(uses: readonly MemoryUse[]) {
  const pss = uses.flatMap(({ pssBytes }) => pssBytes ?? []);
  return {
    rssBytes: spreadOf(uses.map(({ rssBytes }) => rssBytes)),
    pssBytes: pss.length === uses.length ? spreadOf(pss) : null,
  };
}

/** Reads the memory of a process. */
export function readMemory(pid: number): MemoryUse {
  const rollup = readProc(`/proc/${pid}/smaps_rollup`);
  if (rollup !== undefined) {
    return { rssBytes: readKib(rollup, "Rss"), pssBytes: readKib(rollup, "Pss") };
  }
  const status = readProc(`/proc/${pid}/status`);
  if (status !== undefined) return { rssBytes: readKib(status, "VmRSS"), pssBytes: null };
  const kib = execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return { rssBytes: Number(kib) * 1024, pssBytes: null };
}

/** The highest resident set size that a process has had, in bytes (Linux); 0 elsewhere. */
export function readPeakMemory(pid: number): number {
  return readKib(readProc(`/proc/${pid}/status`) ?? "", "VmHWM");
}

/** The ids of all descendants of a process (Linux); none elsewhere. */
export function findDescendants(pid: number): number[] {
  if (!existsSync("/proc/self/stat")) return [];
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      // State and parent follow the name in brackets, which may contain anything.
      const [, parent = ""] = /^.*\) \S (\d+)/s.exec(readProc(`/proc/${name}/stat`) ?? "") ?? [];
      return { pid: Number(name), parent: Number(parent) };
    });
  const childrenOf = (of: number): number[] =>
    parents.flatMap(({ pid: child, parent }) =>
      parent === of ? [child, ...childrenOf(child)] : [],
    );
  return childrenOf(pid);
}

/** Reads the memory of some processes together. */
export function readMemoryOf(pids: readonly number[]): MemoryUse {
  const uses = pids.map(readMemory);
  const pss = uses.flatMap(({ pssBytes }) => pssBytes ?? []);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    rssBytes: sum(uses.map(({ rssBytes }) => rssBytes)),
    pssBytes: pss.length === uses.length ? sum(pss) : null,
  };
}

/** CPU time of all threads of a process in microseconds (Linux); undefined elsewhere. */
export function readCpuUs(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const times = threads.map((thread) => readProc(`/proc/${pid}/task/${thread}/schedstat`));
    if (times.every((time) => time === undefined)) return undefined;
    return times.reduce((sum, time) => sum + Number(time?.split(" ", 1)[0] ?? 0), 0) / 1000;
  } catch {
    return undefined;
  }
}

/** The value of a variable in the environment that a process was started with (Linux); undefined elsewhere. */
export function readVariable(pid: number, name: string): string | undefined {
  const variables = readProc(`/proc/${pid}/environ`)?.split("\0") ?? [];
  return variables.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function readKib(text: string, name: string): number {
  const [, kib = "0"] = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text) ?? [];
  return Number(kib) * 1024;
}
