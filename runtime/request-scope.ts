import type { Span } from "@opentelemetry/api";
import type { BackgroundWork } from "./background-work.ts";
import type { BootTimeline } from "./boot-timeline.ts";
import type { InFlight } from "./in-flight.ts";
import type { Prewarmer } from "./prewarm.ts";
import type { RequestLimit } from "./request-limit.ts";
import type { RequestQueue } from "./request-queue.ts";
import type { ColdStart } from "./server-timing.ts";
import type { SlowClients } from "./slow-clients.ts";
import type { Telemetry } from "./telemetry.ts";

/** The objects that all requests of a process share, gRPC or HTTP. */
export interface RequestScope {
  /** The function's name, for its cold-start reports. */
  service: string;
  /** The requests in flight. */
  inFlight: InFlight;
  /** The limit of the requests in flight. */
  limit: RequestLimit;
  /** The HTTP requests that wait while the event loop is saturated. */
  queue: RequestQueue;
  /** The HTTP requests that wait for their clients. */
  slowClients: SlowClients;
  /** The work that continues after responses. */
  background: BackgroundWork;
  /** Tracing and metrics; requests wait until they are loaded. */
  telemetry: Telemetry;
  /** The boot of this process. */
  boot: BootTimeline;
  /** Warms up the dependencies (PREWARM). */
  prewarmer: Prewarmer;
}

// Most first responses have been sent by then, so the recording does not delay them.
const recordAfterMs = 10;

/**
 * Marks the first request of a process as the one that waited for its cold start. The boot's spans and
 * metrics are recorded 10 ms later, as background work.
 */
export function reportColdStart(scope: RequestScope, span: Span, coldStarts: ColdStart[]): void {
  if (!scope.boot.acquire()) return;
  span.setAttribute("faas.coldstart", true);
  const record = async () => {
    await new Promise((resolve) => setTimeout(resolve, recordAfterMs));
    scope.boot.record(span);
    await scope.prewarmer.traceBoot(span);
  };
  scope.background.waitUntil(record());
  coldStarts.push({ service: scope.service, durationMs: scope.boot.durationMs });
}
