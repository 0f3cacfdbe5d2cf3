import { type KubeObject, knativeServices } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { ConfigError } from "#runtime/environment.ts";
import type { ServiceState } from "../readiness/service-state.ts";

/** Which function, and where. */
export interface ReleaseTarget {
  /** The cluster. */
  readonly kubectl: Kubectl;
  /** The function's namespace. */
  readonly namespace: string;
  /** The Knative Service's name. */
  readonly name: string;
  /** How long to wait for a revision, and then for the Route, in milliseconds. */
  readonly timeoutMs: number;
  /** Gets the function's state each time that it was read. */
  readonly onState: (state: ServiceState) => void;
  /** Gets why a new revision is not ready, before the function goes back to what serves. */
  readonly onFailure: (failure: string) => void;
}

/** Reads the Knative Service. Throws ConfigError if the function is missing. */
export async function readService({
  kubectl,
  namespace,
  name,
}: ReleaseTarget): Promise<KubeObject> {
  const args = ["get", knativeServices, name, "-n", namespace, "--ignore-not-found"];
  const service = (await kubectl.readJson(args)) as KubeObject | undefined;
  if (service !== undefined) return service;
  throw new ConfigError([`no function ${name} is in namespace ${namespace}: deploy it first`]);
}
