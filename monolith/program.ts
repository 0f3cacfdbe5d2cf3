// Imported first: it handles signals while the other modules are loaded.
import "#runtime/signals.ts";
import { type Platform, startPlatform } from "#local/platform.ts";
import { closeOnSignal } from "#local/until-signal.ts";
import { ConfigError, readEnvironment } from "#runtime/environment.ts";
import { configureLog, log } from "#runtime/log.ts";
import { handleSignals } from "#runtime/signals.ts";
import { readStoreConfig, requireDurableStore } from "#runtime/store/store-config.ts";

// The monolith's program: the local platform, in the container that the root func.yaml deploys. Its exit
// codes are those of a function: 2 for an invalid variable, 1 for any other failure.
configureLog({ service: "platform" });
const starting = startShop();
const closed = closeOnSignal(starting);
// closeOnSignal has handlers of its own.
handleSignals(() => undefined);
starting.then(
  ({ urls }) =>
    log.info("ready", { port: portOf(urls.storefront), console_port: portOf(urls.console) }),
  // Reported below.
  () => undefined,
);
closed.catch((error: unknown) => {
  const isInvalid = error instanceof ConfigError;
  const reason = error instanceof Error ? error.message : String(error);
  log.error(`the shop ${isInvalid ? "is not configured" : "cannot start"}: ${reason}`, {
    ...(!isInvalid && { error }),
  });
  process.exitCode = isInvalid ? 2 : 1;
});

async function startShop(): Promise<Platform> {
  // The functions inside have the permission in their func.yaml files, so the monolith checks its own.
  readEnvironment(process.env, (read) => {
    const config = readStoreConfig(read);
    requireDurableStore(read, config);
    return config;
  });
  return startPlatform();
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
