import type { Span } from "@opentelemetry/api";
import type { ColdStart } from "./call.ts";
import type { InFlight } from "./in-flight.ts";
import type { Prewarmer } from "./prewarm.ts";
import type { BootTimeline } from "./telemetry/boot.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";

/** What the answering of requests, gRPC or HTTP, shares within one process. */
export interface RequestScope {
  /** The function's name, for its cold-start reports. */
  service: string;
  inFlight: InFlight;
  telemetry: Telemetry;
  boot: BootTimeline;
  prewarmer: Prewarmer;
}

// Nobody's first answer waits for it: most have left by then. A drain lasts longer, so nothing is lost.
const recordAfterMs = 10;

/**
 * Marks the first request of a process as the one that met its cold start. The boot's spans and metrics
 * follow a moment later.
 */
export function reportColdStart(scope: RequestScope, span: Span, coldStarts: ColdStart[]): void {
  if (!scope.boot.claim()) return;
  span.setAttribute("faas.coldstart", true);
  setTimeout(() => {
    scope.boot.record(span);
    scope.prewarmer.traceBoot(span);
  }, recordAfterMs);
  coldStarts.push({ service: scope.service, durationMs: scope.boot.durationMs });
}
