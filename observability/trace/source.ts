import { createKubectl, KubectlMissingError } from "#knative/deploy/kubectl.ts";
import { type JaegerTrace, readJaegerSpans } from "./jaeger.ts";
import {
  defaultLocal,
  defaultNamespace,
  describeCluster,
  namesCluster,
  type SourceOptions,
} from "./source-options.ts";
import type { TraceSpan } from "./span.ts";
import { readZipkinSpans, type ZipkinSpan } from "./zipkin.ts";

/** A place that knows traces. */
export interface TraceSource {
  /** What it is called in messages. */
  readonly name: string;
  /** The spans of a trace; none where it does not know it. Rejects with TraceReadError. */
  readTrace(traceId: string): Promise<TraceSpan[]>;
  /** The latest traces of the last milliseconds, a thousand at most. Rejects with TraceReadError. */
  readTraces(lookbackMs: number): Promise<LatestTraces>;
}

/** Traces, and how far back they reach. */
export interface LatestTraces {
  /** The spans of each. */
  readonly traces: readonly TraceSpan[][];
  /** Milliseconds: what was asked for, or less where there were more traces than are read. */
  readonly coveredMs: number;
}

/** A source that answered before does not any more; the message is one sentence. */
export class TraceReadError extends Error {
  constructor(source: string, cause: unknown) {
    super(`${source} does not tell: ${reasonOf(cause)}`);
    this.name = "TraceReadError";
  }
}

/** No source of traces answered; the message names each that was asked, and why it did not. */
export class NoTraceSourceError extends Error {
  constructor(reasons: readonly string[]) {
    super(`nobody to ask for traces: ${reasons.join("; ")}`);
    this.name = "NoTraceSourceError";
  }
}

/**
 * The source that was named, and no other; without one the local platform, or if none answers the
 * Jaeger of the deployed shop. Rejects with NoTraceSourceError.
 */
export async function findTraceSource(options: SourceOptions): Promise<TraceSource> {
  const reasons: string[] = [];
  for (const open of listCandidates(options)) {
    const source = await open();
    try {
      await source.readTrace("0".repeat(31).concat("1"));
      return withReadErrors(source);
    } catch (error) {
      reasons.push(`${source.name} (${reasonOf(error)})`);
    }
  }
  throw new NoTraceSourceError(reasons);
}

function listCandidates(options: SourceOptions): (() => TraceSource | Promise<TraceSource>)[] {
  const { jaeger, local } = options;
  if (jaeger !== undefined) return [() => jaegerSource(jaeger, fetchJson)];
  if (local !== undefined) return [() => localSource(local)];
  const cluster = () => clusterSource(options);
  return namesCluster(options) ? [cluster] : [() => localSource(defaultLocal), cluster];
}

function withReadErrors({ name, readTrace, readTraces }: TraceSource): TraceSource {
  const explain = (error: unknown) => {
    throw new TraceReadError(name, error);
  };
  return {
    name,
    readTrace: (traceId) => readTrace(traceId).catch(explain),
    readTraces: (lookbackMs) => readTraces(lookbackMs).catch(explain),
  };
}

/** Why nobody answered, in a few words: of a failed `fetch` what the system said. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

type FetchJson = (url: string) => Promise<unknown>;

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response.json();
}

function localSource(url: string): TraceSource {
  return {
    name: `the local platform at ${url}`,
    readTrace: async (traceId) =>
      readZipkinSpans(((await fetchJson(`${url}/api/v2/trace/${traceId}`)) ?? []) as ZipkinSpan[]),
    readTraces: async (lookbackMs) => {
      const query = new URLSearchParams({
        lookback: String(lookbackMs),
        limit: String(mostTraces),
      });
      const traces = (await fetchJson(`${url}/api/v2/traces?${query}`)) as ZipkinSpan[][];
      return measureCover(traces.map(readZipkinSpans), lookbackMs, Date.now());
    },
  };
}

const mostTraces = 1000;

function measureCover(
  traces: readonly TraceSpan[][],
  lookbackMs: number,
  nowMs: number,
): LatestTraces {
  if (traces.length < mostTraces) return { traces, coveredMs: lookbackMs };
  return { traces, coveredMs: nowMs - findStartUs(traces) / 1000 };
}

function findStartUs(traces: readonly TraceSpan[][]): number {
  const starts = traces.flat().map(({ startUs }) => startUs);
  return starts.reduce((first, startUs) => Math.min(first, startUs), Number.POSITIVE_INFINITY);
}

function jaegerSource(url: string, read: FetchJson, name = `Jaeger at ${url}`): TraceSource {
  const readData = async (path: string) =>
    ((await read(url + path)) as { data?: JaegerTrace[] | null } | undefined)?.data ?? [];
  return {
    name,
    readTrace: async (traceId) =>
      (await readData(`/api/traces/${traceId}`)).flatMap(readJaegerSpans),
    readTraces: async (lookbackMs) => {
      const nowMs = Date.now();
      const startUs = (nowMs - lookbackMs) * 1000;
      const traces: TraceSpan[][] = [];
      let endUs = nowMs * 1000;
      while (traces.length < mostTraces) {
        const range = { start: String(startUs), end: String(endUs), limit: String(pageOfTraces) };
        const query = new URLSearchParams({ service: entry, ...range });
        const page = (await readData(`/api/traces?${query}`)).map(readJaegerSpans);
        traces.push(...page);
        if (page.length < pageOfTraces) break;
        // The newest come first, so the next page ends where this one begins.
        endUs = findStartUs(page.map((spans) => spans.filter(isOfEntry))) - 1;
      }
      return measureCover(traces, lookbackMs, nowMs);
    },
  };
}

// Where a trace of the shop begins, and what Jaeger's time range is compared with.
const entry = "frontend";
const isOfEntry = ({ service }: TraceSpan) => service === entry;

// All that it answers at once Jaeger holds in memory several times over: a thousand traces in one
// answer have ended a Jaeger with 1 GiB.
const pageOfTraces = 50;

async function clusterSource({
  namespace = defaultNamespace,
  context,
}: SourceOptions): Promise<TraceSource> {
  const kubectl = createKubectl({ context });
  const path = `/api/v1/namespaces/${namespace}/services/jaeger:16686/proxy`;
  const read: FetchJson = async (url) => {
    const { exitCode, stdout, stderr } = await kubectl
      .run(["get", "--raw", url])
      .catch((error: unknown) => {
        if (error instanceof KubectlMissingError) throw new Error("there is no kubectl");
        throw error;
      });
    if (exitCode === 0) return JSON.parse(stdout);
    // How kubectl tells of a 404 of Jaeger itself; of a missing Jaeger it says its name.
    if (/could not find the requested resource/.test(stderr)) return undefined;
    throw new Error(stderr.trim().split("\n").at(-1) ?? "no answer");
  };
  return jaegerSource(path, read, `Jaeger in ${await describeCluster(kubectl, namespace)}`);
}
