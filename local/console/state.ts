import type { Manifest } from "#manifest/manifest.ts";
import { type Edge, measureEdges } from "#traces/edges.ts";
import { isCold, isFailed } from "#traces/span.ts";
import { buildTrees } from "#traces/tree.ts";
import { readZipkinSpans } from "#traces/zipkin.ts";
import type { BrokerCounters } from "../events/broker.ts";
import type { ColdStartRecord, FunctionSnapshot } from "../instances/function-snapshot.ts";
import type { TraceStore } from "../zipkin/store.ts";
import type { Trace } from "../zipkin/trace.ts";
import type { CallEdge, ConsoleState, TraceSummary } from "./model.ts";

/** Where the console's state comes from. */
export interface StateSources {
  /** The functions' manifests: which calls are to be expected. */
  manifests: readonly Manifest[];
  /** The functions at this moment. */
  functions: () => readonly FunctionSnapshot[];
  /** The cold starts so far, oldest first. */
  coldStarts: () => readonly ColdStartRecord[];
  /** What traces came. */
  traces: TraceStore;
  /** The broker's counters. */
  events: () => Readonly<BrokerCounters>;
  /** After how long without a request a function goes to zero. */
  idleWindowMs: number;
  /** Where the storefront is. */
  storefrontUrl: string;
}

const shownTraces = 30;
const shownColdStarts = 40;

/** Everything that the console shows, at this moment. */
export function buildState(sources: StateSources): ConsoleState {
  return {
    idleWindowMs: sources.idleWindowMs,
    storefrontUrl: sources.storefrontUrl,
    functions: sources.functions(),
    coldStarts: sources.coldStarts().slice(-shownColdStarts).reverse(),
    graph: buildGraph(sources.manifests, sources.traces),
    traces: sources.traces.find({ limit: shownTraces }).map(summarize),
    events: sources.events(),
  };
}

const notSeen = { callCount: 0, errorCount: 0, p99Ms: null, perMinute: 0 } as const;

// Enough for a p99, and few enough to be read at each change.
const measuredTraces = 300;

/** The calls that were seen, and those that the manifests name, with a count of 0. */
function buildGraph(manifests: readonly Manifest[], traces: TraceStore): CallEdge[] {
  const calls = traces.find({ limit: measuredTraces }).flatMap((trace) => trace.calls);
  const minuteAgoUs = (Date.now() - 60_000) * 1000;
  const latest = measureEdges(calls);
  const ofMinute = measureEdges(calls.filter(({ startUs }) => startUs > minuteAgoUs));
  const seen = traces.allDependencies().map((link) => {
    const isOf = ({ from, to }: Edge) => from === link.parent && to === link.child;
    const p99Ms = latest.find(isOf)?.p99Ms ?? null;
    return { ...link, p99Ms, perMinute: ofMinute.find(isOf)?.count ?? 0 };
  });
  const known = new Set(seen.map(({ parent, child }) => `${parent} ${child}`));
  const expected = manifests.flatMap(({ name, dependencies }) =>
    dependencies.map((dependency) => ({ parent: name, child: dependency.name, ...notSeen })),
  );
  return [...seen, ...expected.filter(({ parent, child }) => !known.has(`${parent} ${child}`))];
}

/** A trace in one line. */
export function summarize(trace: Trace): TraceSummary {
  const spans = readZipkinSpans(trace.spans);
  // The first span may not have arrived yet: the earliest one without a known parent replaces it.
  const root = buildTrees(spans)[0]?.span;
  return {
    traceId: trace.traceId,
    rootService: root?.service ?? "",
    rootName: root?.name ?? "",
    startMs: trace.startUs / 1000,
    durationMs: trace.durationUs / 1000,
    spanCount: spans.length,
    errorCount: spans.filter(isFailed).length,
    coldStarts: distinct(spans.filter(isCold).map(({ service }) => service)),
    serviceCount: distinct(spans.map(({ service }) => service)).length,
  };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
