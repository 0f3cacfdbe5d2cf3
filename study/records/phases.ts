/**
 * What the latency of a call is divided into, in the order of time. Each phase is how long the call
 * waited for it: what was done before the call came, or beside something that took longer, is not in
 * it. The sum of all phases is the latency.
 */
export const phases = [
  /** Sending, the gateway, and the activator until it waits for a pod; warm: until the function. */
  "gateway",
  /** The autoscaler decides, and the pod object is made. */
  "scaling",
  /** The pod gets its node. */
  "scheduling",
  /** The pod's sandbox and network. */
  "sandbox",
  /** The container starts, until Node.js runs; on the local platform the process is spawned. */
  "container",
  /** Node.js starts itself. */
  "node",
  /** The function's modules are read. */
  "modules",
  /** Configuration, stores, opening the port. */
  "listen",
  /** Tracing and metrics are loaded. */
  "telemetry",
  /** The kubelet tells that the container runs, and with it the pod's address. */
  "kubelet status delay",
  /** The platform sees that the function is ready. */
  "probe",
  /** Activator, queue-proxy and network until the function has the request. */
  "forward",
  /** The function's own work. */
  "handler",
  /** Waiting for dependencies, their cold starts included. */
  "dependencies",
  /** From the function's last word until the client has it. */
  "reply",
  /** What no span and no condition of a pod explains. */
  "unexplained",
] as const;

/** One of the phases. */
export type Phase = (typeof phases)[number];

/** Milliseconds of each phase that a call had; phases that are not there took no time. */
export type PhaseTimes = Readonly<Partial<Record<Phase, number>>>;
