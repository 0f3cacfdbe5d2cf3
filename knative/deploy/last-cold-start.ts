import type { Kubectl } from "./kubectl.ts";

/** A cold start that a request has met. */
export interface ColdStart {
  /** Epoch milliseconds at which the function's process began. */
  readonly startedAtMs: number;
  /** Milliseconds until it took requests; what the platform did before its process is not in it. */
  readonly bootMs: number;
}

const dayUs = 86_400_000_000;

/**
 * A function's latest cold start of the last day, from Jaeger, which is asked through the API server.
 * Undefined where there was none, or where Jaeger is not there to ask.
 */
export async function readLastColdStart(
  kubectl: Kubectl,
  namespace: string,
  service: string,
): Promise<ColdStart | undefined> {
  const nowUs = Date.now() * 1000;
  const query = new URLSearchParams({
    service,
    operation: "faas.boot",
    start: String(nowUs - dayUs),
    end: String(nowUs),
    limit: "5",
  });
  const path = `/api/v1/namespaces/${namespace}/services/jaeger:16686/proxy/api/traces?${query}`;
  const { exitCode, stdout } = await kubectl.run(["get", "--raw", path], { timeoutMs: 10_000 });
  return exitCode === 0 ? findLatestBoot(stdout, service) : undefined;
}

/** The latest boot of a service in Jaeger's answer about traces; undefined for any other answer. */
export function findLatestBoot(answer: string, service: string): ColdStart | undefined {
  const boots = readTraces(answer).flatMap(({ spans, processes }) =>
    spans.filter(
      ({ operationName, processID }) =>
        operationName === "faas.boot" && processes[processID]?.serviceName === service,
    ),
  );
  const latest = boots.reduce<JaegerSpan | undefined>(
    (last, span) => (last === undefined || span.startTime > last.startTime ? span : last),
    undefined,
  );
  return latest && { startedAtMs: latest.startTime / 1000, bootMs: latest.duration / 1000 };
}

// Something else than Jaeger may listen there.
function readTraces(answer: string): JaegerTrace[] {
  try {
    return (JSON.parse(answer) as { data?: JaegerTrace[] | null } | null)?.data ?? [];
  } catch {
    return [];
  }
}

interface JaegerTrace {
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { serviceName: string } | undefined>>;
}

interface JaegerSpan {
  readonly operationName: string;
  readonly processID: string;
  /** Epoch microseconds. */
  readonly startTime: number;
  /** Microseconds. */
  readonly duration: number;
}
