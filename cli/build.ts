import { Command } from "commander";
import { buildConsolePage } from "#local/console/build.ts";
import { bundleFunctions } from "../bundle/bundle-functions.ts";

/** The verb `build`: bundles every function and the console's page, unless they are up to date. */
export function buildCommand(): Command {
  return new Command("build")
    .description(
      "Bundle every function into its dist folder, and the console's page, if they changed.",
    )
    .action(async () => {
      const [bundles] = await Promise.all([bundleFunctions(), buildConsolePage()]);
      for (const { name, sizeBytes } of bundles) {
        process.stdout.write(
          `${name.padEnd(24)} ${(sizeBytes / 1024).toFixed(0).padStart(6)} KiB\n`,
        );
      }
    });
}
