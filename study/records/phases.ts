import { meanOf } from "#measure/quantiles.ts";

/**
 * The phases of a call's latency, in the order of time. Each phase is the time that the call waited
 * for it. Work that was done before the call arrived, or in parallel with something slower, is not
 * counted. The sum of all phases is the latency.
 */
export const phases = [
  /** Cold: sending, the gateway, and the activator until it waits for a pod. Warm: until the function. */
  "gateway",
  /** The autoscaler decides, and the pod object is created. */
  "scaling",
  /** The pod is assigned to a node. */
  "scheduling",
  /** The pod's sandbox and network. */
  "sandbox",
  /** The container starts, until Node.js runs. On the local platform: the process is spawned. */
  "container",
  /** Node.js bootstraps. */
  "node",
  /** The function's modules are loaded. */
  "modules",
  /** Configuration, stores, opening the port. */
  "listen",
  /** Tracing and metrics are loaded. */
  "telemetry",
  /** The kubelet reports that the container runs, and with it the pod's address. */
  "kubelet status delay",
  /** The platform detects that the function is ready. */
  "probe",
  /** Activator, queue-proxy and network until the function has the request. */
  "forward",
  /** The function's own work. */
  "handler",
  /** Waiting for dependencies, including their cold starts. */
  "dependencies",
  /** From the end of the function's work until the client has the response. */
  "reply",
  /** Time that no span and no condition of a pod explains. */
  "unexplained",
] as const;

/** One of the phases. */
export type Phase = (typeof phases)[number];

/** Milliseconds of each phase of a call. A missing phase took no time. */
export type PhaseTimes = Readonly<Partial<Record<Phase, number>>>;

/** The times of all phases that took some. */
export function phaseTimes(durationOf: (phase: Phase) => number): PhaseTimes {
  const times = phases.map((phase) => [phase, durationOf(phase)] as const);
  return Object.fromEntries(times.filter(([, durationMs]) => durationMs > 0));
}

/** The mean of each phase in milliseconds. */
export function averagePhases(all: readonly PhaseTimes[]): PhaseTimes {
  return phaseTimes((phase) => meanOf(all.map((times) => times[phase] ?? 0)));
}

/** Milliseconds of all phases together. */
export function sumPhases(times: PhaseTimes): number {
  return Object.values(times).reduce((sum, durationMs) => sum + durationMs, 0);
}
