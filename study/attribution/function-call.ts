import {
  bootPhaseOf,
  isActivator,
  isActivatorWait,
  isBoot,
  isQueueProxy,
} from "#traces/known-spans.ts";
import type { TraceSpan } from "#traces/span.ts";
import { buildTrees, type SpanNode } from "#traces/tree.ts";

/** An interval in epoch milliseconds. */
export interface Interval {
  /** Epoch milliseconds. */
  readonly startMs: number;
  /** Epoch milliseconds. */
  readonly endMs: number;
}

/** A boot of a process, from the trace of its first request. */
export interface Boot {
  /** Name of the function. */
  readonly function: string;
  /** The pod's address, if the platform's spans have it. */
  readonly address: string | undefined;
  /** Epoch milliseconds at which the process was spawned. */
  readonly startMs: number;
  /** Epoch milliseconds at which phases ended: spawn, node, modules, listen, telemetry. */
  readonly endsMs: Readonly<Record<string, number>>;
}

/** Epoch milliseconds at which the last phase of a boot ended. */
export function endOf({ startMs, endsMs }: Boot): number {
  return Math.max(startMs, ...Object.values(endsMs));
}

/** One call of a function, built from its spans. */
export interface FunctionCall {
  /** Name of the function. */
  readonly function: string;
  /** The caller's time: a span of another function. Undefined if the client called. */
  readonly caller: Interval | undefined;
  /** When the call reached the platform: the activator's span, or the function's own. */
  readonly arrived: Interval;
  /** The activator's wait for a pod. */
  readonly throttled: Interval | undefined;
  /** The function's own work; queue-proxy's span if the function records no spans. */
  readonly served: Interval;
  /** Its calls of other functions, and the events that it sent. */
  readonly dependencies: readonly Interval[];
  /** The address of the pod that the activator chose. */
  readonly address: string | undefined;
  /** The boot of its process, if this call was the first. */
  readonly boot: Boot | undefined;
}

/** The calls of functions in a trace: the client's first, then in the order of their starts. */
export function findFunctionCalls(spans: readonly TraceSpan[]): FunctionCall[] {
  const calls: FunctionCall[] = [];
  for (const tree of buildTrees(spans)) collect(tree, [], calls);
  return calls.toSorted(
    (a, b) =>
      Number(a.caller !== undefined) - Number(b.caller !== undefined) ||
      a.served.startMs - b.served.startMs,
  );
}

/** Epoch milliseconds of a span. */
export function intervalOf({ startUs, durationUs }: TraceSpan): Interval {
  return { startMs: startUs / 1000, endMs: (startUs + durationUs) / 1000 };
}

function collect(node: SpanNode, ancestors: readonly SpanNode[], calls: FunctionCall[]): void {
  if (isServing(node)) calls.push(describe(node, ancestors));
  for (const child of node.children) collect(child, [...ancestors, node], calls);
}

// Queue-proxy's client span has the name of its function. It is used if the function has no span.
function isServing(node: SpanNode): boolean {
  const { kind, service } = node.span;
  if (kind !== "server" || isActivator(node.span)) return false;
  return !node.children.some(({ span }) => isQueueProxy(span)) || !hasServerBelow(node, service);
}

function hasServerBelow(node: SpanNode, service: string): boolean {
  return node.children.some(
    (child) =>
      child.span.service === service &&
      (child.span.kind === "server" || hasServerBelow(child, service)),
  );
}

function describe(node: SpanNode, ancestors: readonly SpanNode[]): FunctionCall {
  const { service } = node.span;
  const callerIndex = ancestors.findLastIndex(
    ({ span }) => span.service !== service && !isActivator(span),
  );
  const path = ancestors.slice(callerIndex + 1);
  const activator = path.find(({ span }) => isActivator(span));
  const throttled = activator?.children.find(({ span }) => isActivatorWait(span));
  const proxied = path.findLast(({ span }) => isActivator(span) && span.kind === "client");
  const caller = ancestors[callerIndex];
  const address = proxied?.span.tags["server.address"];
  return {
    function: service,
    caller: caller && intervalOf(caller.span),
    arrived: intervalOf((path[0] ?? node).span),
    throttled: throttled && intervalOf(throttled.span),
    served: intervalOf(node.span),
    dependencies: findDependencies(node),
    address,
    boot: findBoot(node, address),
  };
}

function findDependencies(node: SpanNode): Interval[] {
  return node.children.flatMap((child) => {
    if (child.span.service !== node.span.service) return [];
    if (child.span.kind === "producer") return [intervalOf(child.span)];
    const isCall =
      child.span.kind === "client" &&
      child.span.tags["db.system.name"] === undefined &&
      (child.span.tags["rpc.method"] !== undefined || child.children.length > 0);
    return isCall ? [intervalOf(child.span)] : findDependencies(child);
  });
}

function findBoot(node: SpanNode, address: string | undefined): Boot | undefined {
  const boot = node.children.find(({ span }) => isBoot(span));
  if (boot === undefined) return undefined;
  const ends = boot.children.map(({ span }) => {
    return [bootPhaseOf(span) ?? span.name, intervalOf(span).endMs] as const;
  });
  const startMs = intervalOf(boot.span).startMs;
  return { function: node.span.service, address, startMs, endsMs: Object.fromEntries(ends) };
}
