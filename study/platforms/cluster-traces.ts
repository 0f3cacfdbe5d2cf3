import type { ApiServer } from "#backends/api-server.ts";
import { BackendError } from "#backends/backend-error.ts";
import { jaegerPathOf, jaegerSource } from "#backends/jaeger.ts";
import { checkSource, type TraceSource } from "#backends/trace-source.ts";
import type { TraceSpan } from "#traces/span.ts";

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * The backends with the spans of a cluster: the functions' Jaeger, and Knative's if it is another
 * one.
 */
export interface ClusterTraces {
  /** A sentence for each reason why spans are missing. */
  readonly problems: readonly string[];
  /** Reads the spans of a trace that the sources have so far. */
  readonly read: (traceId: string) => Promise<TraceSpan[]>;
}

/** Finds the Jaeger of the namespace, and that of Knative's tracing-endpoint. */
export async function openTraces(api: ApiServer, namespace: string): Promise<ClusterTraces> {
  const path = "/api/v1/namespaces/knative-serving/configmaps/config-observability";
  const config = await api.find<ConfigMap>(path);
  const endpoint = config?.data?.["tracing-endpoint"] ?? "";
  const [, platform] = /\/\/jaeger\.([a-z0-9-]+)\.svc/.exec(endpoint) ?? [];
  const problems: string[] = [];
  if (platform === undefined) {
    problems.push(
      "Knative sends its spans to no Jaeger of the cluster: waits in the activator are unexplained",
    );
  }
  const sources: TraceSource[] = [];
  for (const name of new Set([namespace, platform ?? namespace])) {
    const source = jaegerSource(api.url + jaegerPathOf(name));
    try {
      await checkSource(source);
      sources.push(source);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      problems.push(`the Jaeger in namespace ${name} cannot be read: its spans are missing`);
    }
  }
  const read = async (traceId: string) => {
    const all = await Promise.all(sources.map((source) => source.readTrace(traceId)));
    return all.flat();
  };
  return { problems, read };
}
