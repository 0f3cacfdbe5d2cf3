import { Command } from "commander";
import { buildConsolePage } from "#local/console/build.ts";
import { startPlatform } from "#local/platform.ts";
import { closeOnSignal } from "#local/until-signal.ts";
import { bundleFunctions } from "../bundle/bundle-functions.ts";

/** The verb `up`: runs the shop on this machine until Ctrl-C. */
export function upCommand(): Command {
  return new Command("up")
    .description("Run the shop on this machine: functions start when called and stop when idle.")
    .option("--quiet", "do not show the functions' log lines")
    .option("--no-build", "do not bundle: functions without an up-to-date bundle run from source")
    .addHelpText(
      "after",
      "\nPorts, the idle window and everything else are environment variables: see the README.",
    )
    .action(async ({ quiet, build }: { quiet?: boolean; build: boolean }) => {
      if (build) await Promise.all([bundleFunctions(), buildConsolePage()]);
      const platform = await startPlatform({ logs: quiet ? "ignore" : "inherit" });
      const { storefront, console } = platform.urls;
      const seconds = platform.idleWindowMs / 1000;
      process.stdout.write(
        `storefront  ${storefront}\nconsole     ${console}\n` +
          `${platform.functions.length} functions at zero; each stops after ${seconds} s without a request. Ctrl-C ends.\n`,
      );
      await closeOnSignal(platform);
    });
}
