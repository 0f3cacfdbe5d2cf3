import type { ChildProcess } from "node:child_process";
import { on } from "node:events";
import type { PlatformCommand } from "#runtime/platform-ipc.ts";

// Longer than a boot: a process that starts confirms the rules when it has loaded its code.
const confirmMs = 15_000;

/**
 * Replaces the faults of a process. Resolves once it has confirmed them or has exited; rejects if it does
 * not confirm them within 15 seconds.
 */
export async function sendFaults(child: ChildProcess, rules: string): Promise<void> {
  const signal = AbortSignal.timeout(confirmMs);
  const messages = on(child, "message", { signal, close: ["close"] });
  const command: PlatformCommand = { type: "faults", rules };
  // Fails if the process has just exited, which ends the messages too.
  if (child.connected) child.send(command, () => undefined);
  else return;
  try {
    for await (const [message] of messages) {
      if (message?.type === "faults" && message.rules === rules) return;
    }
  } catch (cause) {
    const text = `process ${child.pid} did not confirm its faults within ${confirmMs} ms`;
    throw new Error(text, { cause });
  }
}
