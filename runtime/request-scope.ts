import type { Span } from "@opentelemetry/api";
import type { BackgroundWork } from "./background-work.ts";
import type { BootTimeline } from "./boot-timeline.ts";
import type { InFlight } from "./in-flight.ts";
import type { Prewarmer } from "./prewarm.ts";
import type { ColdStart } from "./server-timing.ts";
import type { Telemetry } from "./telemetry.ts";

/** What the answering of requests, gRPC or HTTP, shares within one process. */
export interface RequestScope {
  /** The function's name, for its cold-start reports. */
  service: string;
  inFlight: InFlight;
  background: BackgroundWork;
  telemetry: Telemetry;
  boot: BootTimeline;
  prewarmer: Prewarmer;
}

// Most first answers have left by then, so that none waits for it.
const recordAfterMs = 10;

/**
 * Marks the first request of a process as the one that met its cold start. The boot's spans and metrics
 * follow a moment later, as background work.
 */
export function reportColdStart(scope: RequestScope, span: Span, coldStarts: ColdStart[]): void {
  if (!scope.boot.claim()) return;
  span.setAttribute("faas.coldstart", true);
  const record = async () => {
    await new Promise((resolve) => setTimeout(resolve, recordAfterMs));
    scope.boot.record(span);
    await scope.prewarmer.traceBoot(span);
  };
  scope.background.waitUntil(record());
  coldStarts.push({ service: scope.service, durationMs: scope.boot.durationMs });
}
