/** A liveness probe, as Kubernetes defines its fields. */
export interface LivenessProbe {
  /** The path that a process answers with HTTP 200 as long as it does not hang. */
  readonly path: string;
  /** Seconds between two probes. */
  readonly periodSeconds: number;
  /** Seconds within which a probe must be answered. */
  readonly timeoutSeconds: number;
  /** The number of probes in a row that must fail until the process is replaced. */
  readonly failureThreshold: number;
}

/**
 * The liveness probe of every function, on Kubernetes and on the local platform. A process that hangs is
 * replaced after 25 to 35 seconds; one on a busy or paused machine that answers within 5 seconds again is
 * not.
 */
export const livenessProbe: LivenessProbe = {
  path: "/health/liveness",
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold: 3,
};
