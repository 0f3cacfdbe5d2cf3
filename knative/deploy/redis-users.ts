import type { KubeObject } from "#backends/kube-objects.ts";

interface Container {
  name?: string;
  env?: { name: string; value?: string }[];
}

interface PodTemplate {
  template?: { spec?: { containers?: Container[] } };
}

/** The objects to apply, and lines for the user. */
export interface RedisUsers {
  /** The objects, in which Redis accepts the users of the deployed functions. */
  readonly objects: readonly KubeObject[];
  /** A line if that includes the user `default`. */
  readonly notes: readonly string[];
}

/**
 * Lets Redis accept its user `default` as long as a deployed function uses it. Redis restarts before the
 * functions get new revisions; without that user, carts and orders would fail until they have them. The next
 * deploy finds only functions with a user of their own, and switches `default` off.
 *
 * @param present the deployed Knative Services
 */
export function keepDefaultUser(
  objects: readonly KubeObject[],
  present: readonly KubeObject[],
  namespace: string,
): RedisUsers {
  const users = present.filter((service) => usesDefaultUser(service, namespace));
  if (users.length === 0) return { objects, notes: [] };
  const names = users.map(({ metadata }) => metadata.name).join(", ");
  const changed = objects.map(switchOn);
  const isChanged = changed.some((object, index) => object !== objects[index]);
  const note = `Redis still accepts its user default, which ${names} used until now: run shop deploy again to switch it off`;
  return { objects: changed, notes: isChanged ? [note] : [] };
}

function usesDefaultUser(service: KubeObject, namespace: string): boolean {
  return containersOf(service).some(({ env = [] }) => {
    const address = env.find(({ name }) => name === "REDIS_ADDR")?.value;
    const isOwn = address?.startsWith(`redis.${namespace}.svc`) ?? false;
    return isOwn && !env.some(({ name }) => name === "REDIS_USERNAME");
  });
}

function switchOn(object: KubeObject): KubeObject {
  if (object.kind !== "StatefulSet" || object.metadata.name !== "redis") return object;
  const copy = structuredClone(object);
  for (const { env = [] } of containersOf(copy)) {
    for (const variable of env) if (variable.name === "DEFAULT_USER") variable.value = "on";
  }
  return copy;
}

function containersOf({ spec }: KubeObject): Container[] {
  return (spec as PodTemplate | undefined)?.template?.spec?.containers ?? [];
}
