import { type KubeObject, knativeServices } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { ConfigError } from "#runtime/environment.ts";
import type { ServiceState } from "../readiness/service-state.ts";

/** The function of a release, and who receives its progress. */
export interface ReleaseTarget {
  /** The cluster. */
  readonly kubectl: Kubectl;
  /** The function's namespace. */
  readonly namespace: string;
  /** The Knative Service's name. */
  readonly name: string;
  /** Milliseconds to wait for a revision, and then for the Route. */
  readonly timeoutMs: number;
  /** Receives the function's state after each read. */
  readonly onState: (state: ServiceState) => void;
  /** Receives why a new revision is not ready, before it is deleted. */
  readonly onFailure: (failure: string) => void;
}

/** Reads the Knative Service. Rejects with ConfigError if the function does not exist. */
export async function readService({
  kubectl,
  namespace,
  name,
}: ReleaseTarget): Promise<KubeObject> {
  const args = ["get", knativeServices, name, "-n", namespace, "--ignore-not-found"];
  const service = (await kubectl.readJson(args)) as KubeObject | undefined;
  if (service !== undefined) return service;
  throw new ConfigError([`namespace ${namespace} has no function ${name}: deploy it first`]);
}
