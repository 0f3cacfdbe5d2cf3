import type { ApiServer } from "#backends/api-server.ts";
import { dependenciesOf, hasSink, type KnativeService } from "./apply-policy.ts";

interface TriggerList {
  readonly items: readonly { spec: { subscriber: { ref?: { kind: string; name: string } } } }[];
}

/** The names of the Services that Triggers deliver events to. */
export async function findReceivers(api: ApiServer, namespace: string): Promise<string[]> {
  const path = `/apis/eventing.knative.dev/v1/namespaces/${namespace}/triggers`;
  const { items = [] } = (await api.find<TriggerList>(path)) ?? {};
  return items.flatMap(({ spec }) => spec.subscriber.ref?.name ?? []);
}

/**
 * The functions that an RPC of a function can reach: itself, its dependencies and theirs, and the
 * receivers of their events.
 */
export function findReachableFunctions(
  name: string,
  services: readonly KnativeService[],
  receivers: readonly string[],
): string[] {
  const found = new Set<string>();
  const add = (each: string) => {
    const service = services.find(({ metadata }) => metadata.name === each);
    if (!service || found.has(each)) return;
    found.add(each);
    for (const dependency of dependenciesOf(service.spec.template)) add(dependency);
    if (hasSink(service.spec.template)) receivers.forEach(add);
  };
  add(name);
  return [...found];
}
