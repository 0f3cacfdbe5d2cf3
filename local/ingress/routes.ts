import { type ConsoleOptions, consoleRoutes } from "../console/routes.ts";
import type { Broker } from "../events/broker.ts";
import { eventRoutes } from "../events/routes.ts";
import { type FaultyFunction, faultRoutes } from "../faults/routes.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";
import type { SpanForwarder } from "../zipkin/forwarder.ts";
import { zipkinRoutes } from "../zipkin/routes.ts";

/** The parts of the platform that its own port serves. */
export interface RouteOptions extends ConsoleOptions {
  /** The event broker. */
  readonly broker: Broker;
  /** The functions, whose faults can be changed. */
  readonly managed: readonly FaultyFunction[];
  /** Forwards received spans; undefined if they are only stored. */
  readonly forwarder: SpanForwarder | undefined;
}

/** The routes of the platform's own port, by their paths: the console, faults, Zipkin's API, the broker. */
export function ingressRoutes(options: RouteOptions): Readonly<Record<string, PlatformRoutes>> {
  const { traces, broker, managed, changes, forwarder } = options;
  return {
    "/": consoleRoutes(options),
    "/api/faults": faultRoutes(managed),
    "/api/v2": zipkinRoutes({
      store: traces,
      onSpans: (json) => {
        forwarder?.send(json);
        changes.notify();
      },
    }),
    "/events": eventRoutes(broker, changes.notify),
  };
}
