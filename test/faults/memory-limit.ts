import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A limit of the kernel for the memory of processes: beyond it, it kills them. */
export interface MemoryLimit {
  /** Puts a process under the limit. */
  readonly add: (pid: number) => void;
  /** Removes the limit; its processes must have ended. */
  readonly remove: () => void;
}

const root = "/sys/fs/cgroup";

/** Creates a control group with a limit in bytes; undefined if this user may not, or on another system. */
export function createMemoryLimit(bytes: number): MemoryLimit | undefined {
  const isFirst = existsSync(join(root, "memory"));
  const group = join(root, isFirst ? "memory" : "", `shop-faults-${process.pid}`);
  try {
    mkdirSync(group);
    writeFileSync(join(group, isFirst ? "memory.limit_in_bytes" : "memory.max"), String(bytes));
  } catch {
    if (existsSync(group)) rmdirSync(group);
    return undefined;
  }
  return {
    add: (pid) => writeFileSync(join(group, "cgroup.procs"), String(pid)),
    remove: () => rmdirSync(group),
  };
}
