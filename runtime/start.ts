import { BackgroundWork } from "./background-work.ts";
import { BootTimeline } from "./boot-timeline.ts";
import { useResponseCache } from "./cached-calls.ts";
import { growHeapFaster, optimizeSooner } from "./engine-flags.ts";
import { ConfigError, readEnvironment } from "./environment.ts";
import { useCallTokens } from "./identity/call-tokens.ts";
import { type CallerConfig, readCallTokens } from "./identity/identity-config.ts";
import { InFlight } from "./in-flight.ts";
import { configureLog, log } from "./log.ts";
import { loadMetrics } from "./metrics.ts";
import { openMetricsServer } from "./metrics-server.ts";
import { PlatformChannel } from "./platform-ipc.ts";
import { Prewarmer } from "./prewarm.ts";
import { RequestLimit } from "./request-limit.ts";
import { RequestQueue } from "./request-queue.ts";
import { readRuntimeConfig } from "./runtime-config.ts";
import { type FunctionDefinition, type ServingFunction, serve } from "./serve.ts";
import { handleSignals } from "./signals.ts";
import { SlowClients } from "./slow-clients.ts";
import { Telemetry } from "./telemetry.ts";

/** Creates a function from the environment; throws ConfigError if that is invalid. */
export type Setup = (env: NodeJS.ProcessEnv) => FunctionDefinition | Promise<FunctionDefinition>;

/**
 * Runs a function as this process: the last line of its `index.ts`, whose first one imports `signals.ts`.
 * `setup` reads the function's own configuration and creates its parts. SIGTERM and SIGINT drain and
 * exit 0; before the port listens they exit 0 at once. An invalid environment is logged and exits 2, any
 * other failure to start exits 1. Stored data that the function cannot use is logged and exits 2.
 *
 * @param name the function's name if K_SERVICE is not set
 */
export function start(name: string, setup: Setup): void {
  // Only the function's own user may read the files that it writes, such as carts and mails.
  process.umask(0o077);
  configureLog({ service: name });
  run(name, setup).catch((error: unknown) => {
    if (error instanceof ConfigError) {
      log.error(`${name} is not configured: ${error.message}`);
      process.exit(2);
    }
    const reason = error instanceof Error ? error.message : String(error);
    log.error(`${name} cannot start: ${reason}`, { error });
    process.exit(1);
  });
}

/**
 * Runs a short program as this process, such as a scheduled job of a function: the last line of its file,
 * whose first one imports `signals.ts`. Exits 0 after the work, 2 after a line about an invalid environment,
 * and 1 after a line about any other failure.
 */
export function runJob(name: string, work: (env: NodeJS.ProcessEnv) => Promise<void>): void {
  configureLog({ service: name });
  const run = async () => {
    const { folder } = readEnvironment(process.env, (read) => ({ folder: readCallTokens(read) }));
    useCallTokens(folder);
    await work(process.env);
  };
  run().then(
    () => process.exit(0),
    (error: unknown) => {
      const isConfig = error instanceof ConfigError;
      const reason = error instanceof Error ? error.message : String(error);
      log.error(isConfig ? `${name} is not configured: ${reason}` : `${name} failed: ${reason}`);
      process.exit(isConfig ? 2 : 1);
    },
  );
}

async function run(name: string, setup: Setup): Promise<void> {
  const config = readRuntimeConfig(process.env, name);
  configureLog({ service: config.service, level: config.logLevel });
  const boot = new BootTimeline(config.spawnedAtMs);
  boot.end("modules");
  const platform = new PlatformChannel();
  if (config.faults !== undefined) await setFaults(config.faults);
  platform.onFaults(setFaults);
  useCallTokens(config.identity.callTokens);
  useResponseCache(config.cachesResponses);
  const definition = await setup(process.env);
  const { service, prewarm: mode } = config;
  const { dependencies = {}, predict } = definition;
  const prewarmer = new Prewarmer({ service, mode, dependencies, predicts: predict !== undefined });
  prewarmer.warmUpAtBoot();
  const inFlight = new InFlight((count) => platform.reportInFlight(count));
  const scope = {
    service,
    boot,
    prewarmer,
    background: new BackgroundWork(),
    inFlight,
    limit: new RequestLimit(service, inFlight, config.maxRequests),
    queue: new RequestQueue(),
    slowClients: new SlowClients(),
    telemetry: new Telemetry(config),
  };
  const access = config.identity.callers && (await loadAccess(config.identity.callers));
  const serving = await serve(definition, scope, config, access);
  access?.load();
  boot.end("listen");
  platform.onConnection(serving.adopt);
  handleSignals(exitAfter(serving, scope.telemetry));
  await scope.telemetry.load(boot);
  const metrics = await openMetricsServer({ host: config.host, port: config.metricsPort });
  platform.ready(serving.port, metrics.port, boot.phases());
  log.info("ready", { port: serving.port, boot_ms: Math.round(boot.durationMs) });
  // The first answer must not wait for what it does not need.
  await inFlight.afterFirst(maxIdleMs);
  await loadMetrics();
  await verify(name, definition);
  await definition.onReady?.(scope.background.waitUntil).then(
    () => log.debug("the work after the start has ended"),
    (error: unknown) => log.error("the work after the start failed", { error }),
  );
  optimizeSooner();
  // A function that calls others keeps more for each request: with a faster growth it would need 150 MB and more.
  if (Object.keys(dependencies).length === 0) growHeapFaster();
}

// How long metrics are not loaded and the stored data is not verified while no request comes.
const maxIdleMs = 1000;

async function verify(name: string, definition: FunctionDefinition): Promise<void> {
  try {
    await definition.verify?.();
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      log.warn("could not verify the stored data", { error });
      return;
    }
    log.error(`${name} cannot use its stored data: ${error.message}`);
    process.exit(2);
  }
}

// Not imported at the top: without faults the code is never loaded.
async function setFaults(rules: string): Promise<void> {
  const { injectFaults } = await import("./faults/inject-faults.ts");
  injectFaults(rules);
}

// Not imported at the top: where everyone may call, the code is never loaded.
async function loadAccess(config: CallerConfig) {
  const { CallerAccess } = await import("./identity/caller-access.ts");
  return new CallerAccess(config);
}

function exitAfter(serving: ServingFunction, telemetry: Telemetry): () => void {
  let exiting = false;
  const exit = async () => {
    if (exiting) return;
    exiting = true;
    await serving.drain();
    await telemetry.shutdown();
    process.exit(0);
  };
  return () => {
    exit().catch((error: unknown) => {
      log.error("the drain failed", { error });
      process.exit(1);
    });
  };
}
