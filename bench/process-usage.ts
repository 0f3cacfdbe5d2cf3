import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Memory of a process. */
export interface MemoryUse {
  /** Resident set, shared pages in full. */
  readonly rssBytes: number;
  /** Resident set, shared pages by their share (Linux); null elsewhere. */
  readonly pssBytes: number | null;
}

/** What a process holds at this moment. */
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

/** Microseconds of CPU that all threads of a process have used (Linux); undefined elsewhere. */
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
