import { cannotRead } from "./backend-error.ts";

/** One sample of the result of an instant query. */
export interface Sample {
  /** The series' labels. */
  readonly labels: Readonly<Record<string, string | undefined>>;
  /** Its value, which may be NaN. */
  readonly value: number;
}

interface QueryResult {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Sample["labels"];
      readonly value: readonly [number, string];
    }[];
  };
}

/** Evaluates PromQL now, by Prometheus at a URL. Rejects with BackendError. */
export async function queryPrometheus(url: string, promql: string): Promise<Sample[]> {
  const target = `${url}/api/v1/query?${new URLSearchParams({ query: promql })}`;
  const name = `Prometheus at ${url}`;
  let result: QueryResult;
  try {
    const response = await fetch(target, { signal: AbortSignal.timeout(10_000) });
    result = (await response.json()) as QueryResult;
  } catch (error) {
    throw cannotRead(name, error);
  }
  if (result.status !== "success" || !result.data) {
    throw cannotRead(name, result.error ?? "the response has no error message");
  }
  return result.data.result.map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}
