import { ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/**
 * Spawns Node.js. Node.js emits most failures to spawn as an event and throws the others, such as E2BIG and
 * ENOMEM: these are emitted as an event, too.
 */
export function spawnNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(process.execPath, args, options);
  } catch (error) {
    const child = new ChildProcess();
    process.nextTick(() => child.emit("error", error));
    return child;
  }
}
