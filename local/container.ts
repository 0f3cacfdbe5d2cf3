// First: it handles signals while the other modules are loaded.
import "#runtime/signals.ts";
import { ConfigError } from "#runtime/environment.ts";
import { configureLog, log } from "#runtime/log.ts";
import { handleSignals } from "#runtime/signals.ts";
import { startPlatform } from "./platform.ts";
import { closeOnSignal } from "./until-signal.ts";

// The whole shop in one container: the program of the image that the root func.yaml deploys. It ends
// as a function does, with 2 where its environment is wrong and with 1 for any other failure.
const closed = closeOnSignal(startPlatform());
// closeOnSignal has handlers of its own.
handleSignals(() => undefined);
closed.catch((error: unknown) => {
  configureLog({ service: "platform" });
  const isUsers = error instanceof ConfigError;
  const reason = error instanceof Error ? error.message : String(error);
  log.error(`the shop ${isUsers ? "is not configured" : "cannot start"}: ${reason}`, {
    ...(!isUsers && { error }),
  });
  process.exitCode = isUsers ? 2 : 1;
});
