import type { Manifest } from "#manifest/manifest.ts";
import { type Edge, measureEdges } from "#traces/edges.ts";
import { isCold, isFailed } from "#traces/span.ts";
import { buildTrees } from "#traces/tree.ts";
import { readZipkinSpans } from "#traces/zipkin.ts";
import type { Broker } from "../events/broker.ts";
import type { Platform } from "../platform-options.ts";
import type { TraceStore } from "../zipkin/store.ts";
import type { Trace } from "../zipkin/trace.ts";
import type { CallEdge, ConsoleState, TraceSummary } from "./model.ts";

/** The sources of the console's state. */
export interface StateSources {
  /** The functions and their cold starts. */
  platform: Pick<Platform, "functions" | "coldStarts" | "idleWindowMs" | "urls">;
  /** The functions' manifests, for the dependencies that were not called yet. */
  manifests: readonly Manifest[];
  /** The received traces. */
  traces: TraceStore;
  /** The event broker, for its counters. */
  broker: Pick<Broker, "counters">;
}

const shownTraces = 30;
const shownColdStarts = 40;

/** The console's state at this moment. */
export function buildState({ platform, manifests, traces, broker }: StateSources): ConsoleState {
  return {
    idleWindowMs: platform.idleWindowMs,
    storefrontUrl: platform.urls.storefront,
    functions: platform.functions.map((each) => ({ ...each.snapshot(), address: each.address })),
    coldStarts: platform.coldStarts().slice(-shownColdStarts).reverse(),
    graph: buildGraph(manifests, traces),
    traces: traces.find({ limit: shownTraces }).map(summarize),
    events: broker.counters,
  };
}

const notSeen = { callCount: 0, errorCount: 0, p99Ms: null, perMinute: 0 } as const;

// Enough for a p99, and few enough to be measured after each change.
const measuredTraces = 300;

// Observed calls, and the dependencies in manifests that were not called, with a count of 0.
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

function summarize(trace: Trace): TraceSummary {
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
