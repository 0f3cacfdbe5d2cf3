import type { Phase } from "../records/phases.ts";
import type { PlatformKind } from "../records/run-file.ts";
import type { InstanceRecord } from "../records/sample-record.ts";
import { type Boot, endOf, type FunctionCall, type Interval } from "./function-call.ts";

/** The end of a phase. */
export interface Moment {
  readonly phase: Phase;
  /** Epoch milliseconds; undefined where it ought to be known and is not. */
  readonly atMs: number | undefined;
}

/** What is known of the start that a call waited for. */
export interface Start {
  readonly boot: Boot | undefined;
  readonly instance: InstanceRecord | undefined;
  readonly isCold: boolean;
}

/**
 * The moments at which the phases before a function's own work ended, in their order. One that was
 * seen late, as those that are watched over the network are, cannot lie after a later one.
 */
export function findMoments(
  call: FunctionCall,
  waited: Interval,
  start: Start,
  platform: PlatformKind,
): Moment[] {
  return clampMoments(momentsOf(call, platform, start), call, waited);
}

// A later moment bounds the earlier ones. The first is when the platform had the call: what a pod
// had done by then took none of its time.
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
      // The process says when it was ready, and its boot is in a trace of somebody else's.
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
    ...(boot ? [...bootEnds(boot), toldRunning(boot, instance)] : []),
    { phase: "probe", atMs: throttled?.endMs },
  ];
}

// Without a boot this is when the container is taken to have started. With one it is known better, and
// what is left is the kubelet's report: it looks at its containers about once a second, and until then
// the activator knows no address to probe.
function toldRunning(boot: Boot, instance: InstanceRecord | undefined): Moment {
  const atMs = instance?.startedAtMs ?? undefined;
  return { phase: "kubelet status delay", atMs: atMs && Math.max(atMs, endOf(boot)) };
}

function bootEnds({ endsMs }: Boot): Moment[] {
  return (["node", "modules", "listen", "telemetry"] as const).map((phase) => ({
    phase,
    atMs: endsMs[phase],
  }));
}
