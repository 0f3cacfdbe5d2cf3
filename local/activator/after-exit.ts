import type { Instance } from "../instances/instance.ts";
import { safeMethods } from "./http-head.ts";
import type { Unanswered } from "./unanswered.ts";

// The exit of a process is reported only after its connections are closed.
const exitNoticeMs = 1000;

/** Whether an instance that has closed a connection was told to stop, or exits now. */
export async function isGone(instance: Instance): Promise<boolean> {
  return instance.stopping || instance.exitsWithin(exitNoticeMs);
}

/**
 * Decides about a request that an instance has not answered before it closed the connection: whether the next
 * instance gets it, or only after its client has completed its head, or none.
 */
export async function decideRetry(
  instance: Instance,
  unanswered: Unanswered,
  isHttp2: boolean,
): Promise<"refuse" | "send" | "wait"> {
  await isGone(instance);
  const { overflowed, method, hasHead } = unanswered;
  if (!instance.stopping || overflowed) return "refuse";
  if (isHttp2) return "send";
  // The bytes are the middle of a request that was answered before it was complete.
  if (method === undefined) return "refuse";
  // No instance is started for a request whose head stalls.
  if (!hasHead) return "wait";
  // A drain finishes every request that was started, so a request without a response was not started;
  // only the exit code shows whether the drain succeeded.
  if (safeMethods.has(method)) return "send";
  return (await instance.exited).orderly ? "send" : "refuse";
}
