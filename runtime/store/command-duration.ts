import type { SpanContext } from "@opentelemetry/api";
import { histogram } from "../metrics.ts";
import { StoreError } from "./store-error.ts";

// Named and labelled after OpenTelemetry's db.client.operation.duration.
const duration = histogram({
  name: "db_client_operation_duration_seconds",
  help: "How long a command took for its client, including connecting, in seconds.",
  labels: ["db_system_name", "db_operation_name", "error_type"],
});

/**
 * Runs a command of Redis and records how long it took and how it ended: `error_type` is empty,
 * `refused` for a StoreError of a server that answers, else `unreachable`. Rethrows the command's error.
 */
export async function measureCommand<T>(
  operation: string,
  measuredIn: SpanContext,
  command: () => Promise<T>,
): Promise<T> {
  const startMs = performance.now();
  const end = (error_type: string) =>
    duration.observe(
      { db_system_name: "redis", db_operation_name: operation, error_type },
      (performance.now() - startMs) / 1000,
      measuredIn,
    );
  try {
    const result = await command();
    end("");
    return result;
  } catch (error) {
    end(error instanceof StoreError && !error.unreachable ? "refused" : "unreachable");
    throw error;
  }
}
