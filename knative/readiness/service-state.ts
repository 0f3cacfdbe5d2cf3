import {
  type Condition,
  findCondition,
  isObserved,
  type KubeObject,
} from "#backends/kube-objects.ts";
import { formatTable } from "#measure/text-table.ts";

/** The state of a Knative Service. */
export interface ServiceState {
  /** The Service's name. */
  readonly name: string;
  /** `waiting` covers a controller that has not seen the latest change yet. */
  readonly phase: "ready" | "waiting" | "failed";
  /** The latest revision that was created, whether it is ready or not. */
  readonly revision: string | undefined;
  /** Knative's own words, or our own while there are none. */
  readonly reason: string;
  /** Knative's sentence; empty if there is none. */
  readonly message: string;
  /** Its address; undefined before it has one. */
  readonly url: string | undefined;
}

/**
 * Reads a Service's state from its Ready condition. A condition of an older generation says nothing
 * about the change that was applied last, so it counts as waiting.
 */
export function readServiceState(service: KubeObject): ServiceState {
  const { metadata, status } = service;
  const ready = findCondition(service, "Ready");
  const known = isObserved(service) ? findTelling(service, ready) : undefined;
  return {
    name: metadata.name,
    phase: known?.status === "True" ? "ready" : known?.status === "False" ? "failed" : "waiting",
    revision: status?.latestCreatedRevisionName,
    reason: known?.reason ?? (known?.status === "True" ? "Ready" : "Applied"),
    message: known?.message ?? "",
    url: status?.url,
  };
}

// Ready repeats the Route's view, which is only that no revision is ready; the Configuration says why.
function findTelling(service: KubeObject, ready: Condition | undefined): Condition | undefined {
  const configuration = findCondition(service, "ConfigurationsReady");
  const isTelling = ready?.status === "False" && configuration?.status === "False";
  return isTelling ? configuration : ready;
}

/** A line for each Service, such as `adservice  waiting  RevisionMissing`. */
export function formatStates(states: readonly ServiceState[]): string[] {
  const rows = states.map(({ name, phase, revision, reason }) => [
    name,
    phase.padEnd(phaseWidth),
    phase === "ready" ? (revision ?? "") : reason,
  ]);
  return formatTable(rows, "all");
}

// The columns stay where they are while the phases change.
const phaseWidth = "waiting".length;
