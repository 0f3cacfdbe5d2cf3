import { type JaegerTrace, readJaegerSpans } from "#traces/jaeger.ts";
import type { TraceSpan } from "#traces/span.ts";
import { cannotRead } from "./backend-error.ts";
import { type FetchJson, fetchJson } from "./fetch-json.ts";
import { findStartUs, maxTraces, measureCover, type TraceSource } from "./trace-source.ts";

/** Access to Jaeger's query API other than by HTTP. */
export interface JaegerAccess {
  /** The name of this Jaeger in messages. */
  readonly name?: string;
  /** Reads a URL below the API's. */
  readonly read?: FetchJson;
}

/** Jaeger as a source of traces. */
export interface JaegerSource extends TraceSource {
  /** The latest traces that match parameters of Jaeger's search. Rejects with BackendError. */
  findTraces(parameters: Readonly<Record<string, string>>): Promise<TraceSpan[][]>;
}

/** The API server's path to the query API of the Jaeger in a namespace. */
export function jaegerPathOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/services/jaeger:16686/proxy`;
}

/** The traces of Jaeger's query API at a URL such as `http://127.0.0.1:16686`. */
export function jaegerSource(
  url: string,
  { name = `Jaeger at ${url}`, read = fetchJson }: JaegerAccess = {},
): JaegerSource {
  const readPath = async (path: string): Promise<TraceSpan[][]> => {
    const body = await read(url + path).catch((error: unknown) => {
      throw cannotRead(name, error);
    });
    return ((body as { data?: JaegerTrace[] | null } | undefined)?.data ?? []).map(readJaegerSpans);
  };
  const findTraces: JaegerSource["findTraces"] = (parameters) =>
    readPath(`/api/traces?${new URLSearchParams(parameters)}`);
  return {
    name,
    findTraces,
    readTrace: async (traceId) => (await readPath(`/api/traces/${traceId}`)).flat(),
    readTraces: async (lookbackMs) => {
      const nowMs = Date.now();
      const startUs = (nowMs - lookbackMs) * 1000;
      const traces: TraceSpan[][] = [];
      let endUs = nowMs * 1000;
      while (traces.length < maxTraces) {
        const range = { start: String(startUs), end: String(endUs), limit: String(pageSize) };
        const page = await findTraces({ service: entry, ...range });
        traces.push(...page);
        if (page.length < pageSize) break;
        // The newest traces are first, so the next page ends where this one starts.
        endUs = findStartUs(page.map((spans) => spans.filter(isOfEntry))) - 1;
      }
      return measureCover(traces, lookbackMs, nowMs);
    },
  };
}

// The function in which the shop's traces start; Jaeger compares its spans with the time range.
const entry = "frontend";
const isOfEntry = ({ service }: TraceSpan) => service === entry;

// Jaeger keeps several copies of a response in memory: a response of 1000 traces has crashed a Jaeger
// with 1 GiB.
const pageSize = 50;
