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

/** Marks the first request of a process as the one that met its cold start. */
export function reportColdStart(scope: RequestScope, span: Span, coldStarts: ColdStart[]): void {
  if (!scope.boot.claim()) return;
  span.setAttribute("faas.coldstart", true);
  scope.boot.record(span);
  scope.prewarmer.traceBoot(span);
  coldStarts.push({ service: scope.service, durationMs: scope.boot.durationMs });
}
