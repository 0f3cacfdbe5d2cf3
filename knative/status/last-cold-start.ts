import { readByApiServer } from "#backends/api-server.ts";
import { BackendError } from "#backends/backend-error.ts";
import { jaegerPathOf, jaegerSource } from "#backends/jaeger.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { isBoot } from "#traces/known-spans.ts";
import type { TraceSpan } from "#traces/span.ts";

/** A cold start that delayed a request. */
export interface ColdStart {
  /** Epoch milliseconds at which the function's process started. */
  readonly startedAtMs: number;
  /** Milliseconds from the start of the process until it accepted requests. */
  readonly bootMs: number;
}

const dayUs = 86_400_000_000;

/**
 * A function's latest cold start of the last day, from the namespace's Jaeger. Undefined if there was
 * none, or if Jaeger cannot be read.
 */
export async function readLastColdStart(
  kubectl: Kubectl,
  namespace: string,
  service: string,
): Promise<ColdStart | undefined> {
  const nowUs = Date.now() * 1000;
  const jaeger = jaegerSource(jaegerPathOf(namespace), { read: readByApiServer(kubectl) });
  try {
    const traces = await jaeger.findTraces({
      service,
      operation: "faas.boot",
      start: String(nowUs - dayUs),
      end: String(nowUs),
      limit: "5",
    });
    return findLatestBoot(traces.flat(), service);
  } catch (error) {
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}

function findLatestBoot(spans: readonly TraceSpan[], service: string): ColdStart | undefined {
  const latest = spans
    .filter((span) => isBoot(span) && span.service === service)
    .toSorted((a, b) => b.startUs - a.startUs)[0];
  return latest && { startedAtMs: latest.startUs / 1000, bootMs: latest.durationUs / 1000 };
}
