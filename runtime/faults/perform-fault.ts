import type { FaultPoint } from "../fault-hook.ts";
import { RequestError } from "../request-error.ts";
import { type StatusCode, StatusError } from "../status.ts";
import { type FaultRule, valueAt } from "./fault-rule.ts";

/**
 * Performs the fault of a rule on a call. Resolves if the call continues.
 *
 * @throws StatusError or RequestError: the injected status, or the status of a caller that has left
 */
export async function performFault(
  { fault }: Pick<FaultRule, "fault">,
  point: FaultPoint,
  random: () => number,
): Promise<void> {
  switch (fault.kind) {
    case "latency":
      return wait(point, valueAt(fault.quantiles, random()));
    case "hang":
      return wait(point, Number.POSITIVE_INFINITY);
    case "status":
      return fail(fault.status, point);
    case "crash":
      return crash();
    case "cpu":
      return burn(fault.durationMs);
    case "leak":
      return leak(fault.bytes);
  }
}

// A served call continues after a latency even if its caller has left, as that of a slow function does. An
// outgoing call ends at its deadline.
function wait({ side, signal, deadlineMs = Infinity }: FaultPoint, waitMs: number): Promise<void> {
  const isOutgoing = side === "client";
  const endsWithCaller = isOutgoing || waitMs === Infinity;
  const leftMs = isOutgoing ? deadlineMs - Date.now() : Infinity;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
      settle();
    };
    const leave = () =>
      end(() => reject(new StatusError("CANCELLED", "the caller left during an injected fault")));
    const pass = () => {
      const late = "the deadline passed during an injected fault";
      end(leftMs <= waitMs ? () => reject(new StatusError("DEADLINE_EXCEEDED", late)) : resolve);
    };
    const timeMs = Math.min(waitMs, leftMs);
    const timer = timeMs === Infinity ? undefined : setTimeout(pass, timeMs);
    if (!endsWithCaller) return;
    if (signal?.aborted) leave();
    else signal?.addEventListener("abort", leave, { once: true });
  });
}

function fail(status: StatusCode | number, { target }: FaultPoint): never {
  const message = `injected fault: ${target} answers ${status}`;
  if (typeof status === "number") throw new RequestError(status, message);
  throw new StatusError(status, message);
}

const leaked: Buffer[] = [];

function leak(bytes: number): void {
  // Filled, so that the system assigns the memory.
  leaked.push(Buffer.alloc(bytes, 1));
}

// CPU time, not elapsed time: what a call costs does not depend on the load of the machine.
function burn(durationMs: number): void {
  const start = process.threadCpuUsage();
  const usedMs = () => {
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000;
  };
  while (usedMs() < durationMs);
}

function crash(): never {
  process.kill(process.pid, "SIGKILL");
  // Only process 1 of a container is here: it does not get signals that it sends itself. The exit code is
  // that of SIGKILL.
  process.exit(137);
}
