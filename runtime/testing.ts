import { BackgroundWork } from "./background-work.ts";
import { readEnvironment } from "./environment.ts";
import { InFlight } from "./in-flight.ts";
import { configureLog } from "./log.ts";
import { Prewarmer, type PrewarmMode } from "./prewarm.ts";
import { type FunctionDefinition, serve } from "./serve.ts";
import { BootTimeline } from "./telemetry/boot.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import { readTracingConfig } from "./telemetry/tracing-config.ts";

/** A function that runs inside a test. */
export interface TestServer {
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** `127.0.0.1:port`, for createClient. */
  readonly address: string;
  /** Lets running requests end, as SIGTERM would. */
  drain(): Promise<void>;
  /** Ends everything at once. */
  close(): Promise<void>;
}

// One for all servers of a test process: OpenTelemetry is global to it.
let telemetry: Telemetry | undefined;

/**
 * Serves a function in this process, on a free port of 127.0.0.1, with everything that the runtime
 * adds in production: tracing (spans go nowhere), metrics, health, both protocols. Log lines are
 * dropped unless `configureLog` sets a `write` after this call.
 */
export async function serveForTest(
  definition: FunctionDefinition,
  service = "test",
  mode: PrewarmMode = "off",
): Promise<TestServer> {
  const boot = new BootTimeline();
  if (!telemetry) {
    configureLog({ write: () => undefined });
    const tracing = readEnvironment({ OTEL_TRACES_EXPORTER: "none" }, readTracingConfig);
    telemetry = new Telemetry({ service, revision: undefined, tracing });
    await telemetry.load(boot);
  }
  const { callees = {}, predict } = definition;
  const prewarmer = new Prewarmer({ service, mode, callees, predicts: predict !== undefined });
  prewarmer.wakeAtBoot();
  const background = new BackgroundWork();
  const scope = { service, boot, background, inFlight: new InFlight(), telemetry, prewarmer };
  const serving = await serve(definition, scope, { host: "127.0.0.1", port: 0 });
  return {
    port: serving.port,
    address: `127.0.0.1:${serving.port}`,
    drain: () => serving.drain(),
    close: () => serving.close(),
  };
}
