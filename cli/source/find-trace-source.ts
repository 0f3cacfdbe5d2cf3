import { readByApiServer } from "#backends/api-server.ts";
import { BackendError } from "#backends/backend-error.ts";
import { jaegerPathOf, jaegerSource } from "#backends/jaeger.ts";
import { createKubectl } from "#backends/kubectl.ts";
import { localSource } from "#backends/local-platform.ts";
import { checkSource, type TraceSource } from "#backends/trace-source.ts";
import {
  defaultLocal,
  defaultNamespace,
  describeCluster,
  namesCluster,
  type SourceOptions,
} from "./source-options.ts";

/**
 * The trace source that the options name. If they name none: the local platform, or if none responds the
 * Jaeger of the deployed shop. Rejects with BackendError if the source cannot be read.
 */
export async function findTraceSource(options: SourceOptions): Promise<TraceSource> {
  const reasons: string[] = [];
  for (const open of listCandidates(options)) {
    const source = await open();
    try {
      await checkSource(source);
      return source;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new BackendError(`no trace backend is reachable: ${reasons.join("; ")}`);
}

function listCandidates(options: SourceOptions): (() => TraceSource | Promise<TraceSource>)[] {
  const { jaeger, local } = options;
  if (jaeger !== undefined) return [() => jaegerSource(jaeger)];
  if (local !== undefined) return [() => localSource(local)];
  const cluster = () => clusterSource(options);
  return namesCluster(options) ? [cluster] : [() => localSource(defaultLocal), cluster];
}

async function clusterSource(options: SourceOptions): Promise<TraceSource> {
  const { namespace = defaultNamespace, context } = options;
  const kubectl = createKubectl({ context });
  const name = `Jaeger in ${await describeCluster(kubectl, namespace)}`;
  return jaegerSource(jaegerPathOf(namespace), { name, read: readByApiServer(kubectl) });
}
