import { createKubectl, KubectlMissingError } from "#knative/deploy/kubectl.ts";
import { type JaegerTrace, readJaegerSpans } from "./jaeger.ts";
import type { TraceSpan } from "./span.ts";
import { readZipkinSpans, type ZipkinSpan } from "./zipkin.ts";

/** Where traces are read. */
export interface SourceOptions {
  /** The console of the local platform, such as `http://127.0.0.1:8081`. */
  readonly local?: string;
  /** Jaeger's query API, such as `http://127.0.0.1:16686`. */
  readonly jaeger?: string;
  /** The namespace of a deployed shop, whose Jaeger is asked through the API server. */
  readonly namespace: string;
}

/** A place that knows traces. */
export interface TraceSource {
  /** What it is called in messages. */
  readonly name: string;
  /** The spans of a trace; none where it does not know it. Rejects where it does not answer. */
  readTrace(traceId: string): Promise<TraceSpan[]>;
  /** The spans of the traces that began in the last milliseconds, a thousand traces at most. */
  readTraces(lookbackMs: number): Promise<TraceSpan[][]>;
}

/** No source of traces answered; the message names each that was asked, and why it did not. */
export class NoTraceSourceError extends Error {
  constructor(reasons: readonly string[]) {
    super(`nobody to ask for traces: ${reasons.join("; ")}`);
    this.name = "NoTraceSourceError";
  }
}

const defaultLocal = "http://127.0.0.1:8081";

/**
 * The first source that answers: the one that was named, else the local platform, else the Jaeger of
 * the deployed shop. Rejects with NoTraceSourceError.
 */
export async function findTraceSource(options: SourceOptions): Promise<TraceSource> {
  const candidates = options.jaeger
    ? [jaegerSource(options.jaeger, fetchJson)]
    : options.local
      ? [localSource(options.local)]
      : [localSource(defaultLocal), clusterSource(options.namespace)];
  const reasons: string[] = [];
  for (const source of candidates) {
    try {
      await source.readTrace("0".repeat(31).concat("1"));
      return source;
    } catch (error) {
      reasons.push(`${source.name} (${error instanceof Error ? error.message : error})`);
    }
  }
  throw new NoTraceSourceError(reasons);
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
      const query = new URLSearchParams({ lookback: String(lookbackMs), limit: "1000" });
      const traces = (await fetchJson(`${url}/api/v2/traces?${query}`)) as ZipkinSpan[][];
      return traces.map(readZipkinSpans);
    },
  };
}

function jaegerSource(url: string, read: FetchJson, name = `Jaeger at ${url}`): TraceSource {
  const readData = async (path: string) =>
    ((await read(url + path)) as { data?: JaegerTrace[] | null } | undefined)?.data ?? [];
  return {
    name,
    readTrace: async (traceId) =>
      (await readData(`/api/traces/${traceId}`)).flatMap(readJaegerSpans),
    readTraces: async (lookbackMs) => {
      const endUs = Date.now() * 1000;
      const query = new URLSearchParams({
        service: "frontend",
        start: String(endUs - lookbackMs * 1000),
        end: String(endUs),
        limit: "1000",
      });
      return (await readData(`/api/traces?${query}`)).map(readJaegerSpans);
    },
  };
}

function clusterSource(namespace: string): TraceSource {
  const kubectl = createKubectl();
  const path = `/api/v1/namespaces/${namespace}/services/jaeger:16686/proxy`;
  const read: FetchJson = async (url) => {
    const { exitCode, stdout, stderr } = await kubectl
      .run(["get", "--raw", url])
      .catch((error: unknown) => {
        if (error instanceof KubectlMissingError) throw new Error("there is no kubectl");
        throw error;
      });
    if (exitCode === 0) return JSON.parse(stdout);
    if (/trace not found/i.test(stderr)) return undefined;
    throw new Error(stderr.trim().split("\n").at(-1) ?? "no answer");
  };
  return jaegerSource(path, read, `Jaeger in namespace ${namespace}`);
}
