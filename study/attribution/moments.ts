import type { Phase } from "../records/phases.ts";
import type { PlatformKind } from "../records/run-file.ts";
import type { InstanceRecord } from "../records/sample-record.ts";
import { type Boot, endOf, type FunctionCall, type Interval } from "./function-call.ts";

/** The end of a phase. */
export interface Moment {
  /** The phase that ended. */
  readonly phase: Phase;
  /** Epoch milliseconds; undefined if the moment should be known and is not. */
  readonly atMs: number | undefined;
}

/** The known facts about the start that a call waited for. */
export interface Start {
  /** The boot of the process. */
  readonly boot: Boot | undefined;
  /** The pod or process. */
  readonly instance: InstanceRecord | undefined;
  /** Whether the call waited for it. */
  readonly isCold: boolean;
}

/**
 * The moments at which the phases before a function's own work ended, in order. A moment that was
 * observed late, over the network, is bounded by the later ones.
 */
export function findMoments(
  call: FunctionCall,
  waited: Interval,
  start: Start,
  platform: PlatformKind,
): Moment[] {
  return clampMoments(momentsOf(call, platform, start), call, waited);
}

// A later moment bounds the earlier ones. The first is when the platform received the call: earlier work
// of a pod took none of the call's time.
function clampMoments(moments: readonly Moment[], call: FunctionCall, waited: Interval): Moment[] {
  const clamp = (atMs: number, fromMs: number, untilMs: number) =>
    Math.max(fromMs, Math.min(atMs, untilMs));
  const servedMs = clamp(call.served.startMs, waited.startMs, waited.endMs);
  const arrivedMs = clamp(moments[0]?.atMs ?? waited.startMs, waited.startMs, servedMs);
  let boundMs = servedMs;
  return moments
    .toReversed()
    .map(({ phase, atMs }) => {
      if (atMs === undefined) return { phase, atMs };
      boundMs = clamp(atMs, arrivedMs, boundMs);
      return { phase, atMs: boundMs };
    })
    .toReversed();
}

function momentsOf(call: FunctionCall, platform: PlatformKind, start: Start): Moment[] {
  const served: Moment = { phase: "forward", atMs: call.served.startMs };
  if (!start.isCold) return [{ phase: "gateway", atMs: call.arrived.startMs }, served];
  return [...(platform === "local" ? localStart(start) : podStart(call, start)), served];
}

function localStart({ boot, instance }: Start): Moment[] {
  if (boot === undefined) {
    return [
      { phase: "gateway", atMs: instance?.createdAtMs },
      // The process reports when it was ready; its boot is in the trace of another request.
      { phase: "node", atMs: undefined },
      { phase: "listen", atMs: instance?.readyAtMs ?? undefined },
    ];
  }
  const { startMs, endsMs } = boot;
  return [
    { phase: "gateway", atMs: startMs },
    { phase: "container", atMs: endsMs.spawn ?? startMs },
    ...bootEnds(boot),
  ];
}

function podStart({ throttled }: FunctionCall, { boot, instance }: Start): Moment[] {
  return [
    { phase: "gateway", atMs: throttled?.startMs },
    { phase: "scaling", atMs: instance?.createdAtMs },
    { phase: "scheduling", atMs: instance?.scheduledAtMs ?? undefined },
    { phase: "sandbox", atMs: instance?.sandboxAtMs ?? undefined },
    { phase: "container", atMs: boot?.startMs ?? instance?.startedAtMs ?? undefined },
    ...(boot ? [...bootEnds(boot), reportedRunning(boot, instance)] : []),
    { phase: "probe", atMs: throttled?.endMs },
  ];
}

// Without a boot span, this is the time at which the container started. With a boot span, that time is
// known more precisely, and the rest is the kubelet status delay: the kubelet reports about once a
// second, and until then the activator has no address to probe.
function reportedRunning(boot: Boot, instance: InstanceRecord | undefined): Moment {
  const atMs = instance?.startedAtMs ?? undefined;
  return { phase: "kubelet status delay", atMs: atMs && Math.max(atMs, endOf(boot)) };
}

function bootEnds({ endsMs }: Boot): Moment[] {
  return (["node", "modules", "listen", "telemetry"] as const).map((phase) => ({
    phase,
    atMs: endsMs[phase],
  }));
}
