import type { ServerUnaryCall } from "@grpc/grpc-js";
import type { BackgroundWork, WaitUntil } from "./background-work.ts";
import type { Call } from "./call.ts";
import { StatusError } from "./status.ts";

type UnaryCall = Pick<ServerUnaryCall<Buffer, Buffer>, "cancelled" | "getDeadline" | "once">;

/** What the calls of a gRPC handler inherit, and what became of the call that it answers. */
export interface InheritedCall extends Call {
  /** Aborts when the caller cancels or its deadline passes. */
  readonly signal: AbortSignal;
  /** Registers work that goes on after the answer. */
  readonly waitUntil: WaitUntil;
  /** Why nobody waits for the answer any more: CANCELLED or DEADLINE_EXCEEDED; else undefined. */
  readonly loss: StatusError | undefined;
}

// A caller cancels at its own deadline. Ours is later by what the request took on its way here, in a
// queue or for a cold start, since gRPC sends timeouts and not points in time. A caller that leaves in
// the last tenth counts as one whose time was over: that is the worse of both for the server.
const lastPart = 0.1;

/** What is inherited from a call; `background` takes its work after the answer. */
export function inheritFrom(call: UnaryCall, background: BackgroundWork): InheritedCall {
  const given = call.getDeadline();
  const deadlineMs = typeof given === "number" ? given : given.getTime();
  const lateFromMs = deadlineMs - lastPart * (deadlineMs - Date.now());
  let lostAtMs: number | undefined;
  let controller: AbortController | undefined;
  const lose = () => {
    lostAtMs = Date.now();
    controller?.abort();
  };
  if (call.cancelled) lose();
  else call.once("cancelled", lose);
  return {
    deadlineMs,
    // Made on demand: most calls have nobody who listens for their end.
    get signal() {
      controller ??= new AbortController();
      if (lostAtMs !== undefined) controller.abort();
      return controller.signal;
    },
    get loss() {
      if (lostAtMs === undefined) return undefined;
      return lostAtMs >= lateFromMs
        ? new StatusError("DEADLINE_EXCEEDED", "the deadline passed before the answer")
        : new StatusError("CANCELLED", "the caller left before the answer");
    },
    coldStarts: [],
    waitUntil: background.waitUntil,
  };
}
