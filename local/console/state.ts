import type { Manifest } from "#manifest/manifest.ts";
import type { BrokerCounters } from "../broker.ts";
import { measureEdges } from "../zipkin/edge-latency.ts";
import { isFailed, serviceOf, type ZipkinSpan } from "../zipkin/span.ts";
import type { Trace, TraceStore } from "../zipkin/store.ts";
import type {
  CallEdge,
  ColdStartRecord,
  ConsoleState,
  FunctionSnapshot,
  TraceSummary,
} from "./model.ts";

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
  const latencies = measureEdges(traces.find({ limit: measuredTraces }), Date.now() * 1000);
  const seen = traces.allDependencies().map((link) => {
    const latency = latencies.get(`${link.parent} ${link.child}`);
    return { ...link, p99Ms: latency?.p99Ms ?? null, perMinute: latency?.perMinute ?? 0 };
  });
  const known = new Set(seen.map(({ parent, child }) => `${parent} ${child}`));
  const expected = manifests.flatMap(({ name, dependencies }) =>
    dependencies.map((dependency) => ({ parent: name, child: dependency.name, ...notSeen })),
  );
  return [...seen, ...expected.filter(({ parent, child }) => !known.has(`${parent} ${child}`))];
}

/** A trace in one line. */
export function summarize(trace: Trace): TraceSummary {
  const { spans } = trace;
  const ids = new Set(spans.map((span) => span.id));
  // The first span may not have come yet: the earliest one without a known parent stands for it.
  const root = spans.find((span) => !span.parentId || !ids.has(span.parentId)) ?? spans[0];
  return {
    traceId: trace.traceId,
    rootService: root ? serviceOf(root) : "",
    rootName: root?.name ?? "",
    startMs: trace.startUs / 1000,
    durationMs: trace.durationUs / 1000,
    spanCount: spans.length,
    errorCount: spans.filter(isFailed).length,
    coldStarts: distinct(spans.filter(isColdStart).map(serviceOf)),
    serviceCount: distinct(spans.map(serviceOf)).length,
  };
}

function isColdStart(span: ZipkinSpan): boolean {
  return span.tags?.["faas.coldstart"] === "true";
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
