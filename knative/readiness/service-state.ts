import {
  type Condition,
  findCondition,
  isObserved,
  type KubeObject,
} from "#backends/kube-objects.ts";
import { formatTable } from "#measure/text-table.ts";

/** The state of a Knative Service or of a workload. */
export interface ServiceState {
  /** The object's name. */
  readonly name: string;
  /** `waiting` if the controller has not processed the latest change yet. */
  readonly phase: "ready" | "waiting" | "failed";
  /** The latest created revision, ready or not; undefined for a workload. */
  readonly revision: string | undefined;
  /** The condition's reason; `Applied` before the controller has set one. */
  readonly reason: string;
  /** The condition's message; empty if it has none. */
  readonly message: string;
  /** Its address; undefined before it has one. */
  readonly url: string | undefined;
}

/**
 * Reads a Service's state from its Ready condition. A condition of an older generation does not cover
 * the latest change, so the Service is waiting.
 */
export function readServiceState(service: KubeObject): ServiceState {
  const { metadata, status } = service;
  const ready = findCondition(service, "Ready");
  const known = isObserved(service) ? findDetailed(service, ready) : undefined;
  return {
    name: metadata.name,
    phase: known?.status === "True" ? "ready" : known?.status === "False" ? "failed" : "waiting",
    revision: status?.latestCreatedRevisionName,
    reason: known?.reason ?? (known?.status === "True" ? "Ready" : "Applied"),
    message: known?.message ?? "",
    url: status?.url,
  };
}

// Ready repeats the Route's condition, which only reports that no revision is ready; the Configuration's
// has the cause.
function findDetailed(service: KubeObject, ready: Condition | undefined): Condition | undefined {
  const configuration = findCondition(service, "ConfigurationsReady");
  const haveFailed = ready?.status === "False" && configuration?.status === "False";
  return haveFailed ? configuration : ready;
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

// A constant width, so that the columns do not move when the phases change.
const phaseWidth = "waiting".length;
