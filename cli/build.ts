import { constants, setPriority } from "node:os";
import { Command } from "commander";
import { buildConsolePage } from "#local/console/build.ts";
import { functionsFolder } from "#manifest/manifest.ts";
import { formatBytes } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import { bundleFunctions } from "../bundle/bundle-functions.ts";
// biome-ignore lint/correctness/useImportExtensions: it proposes the extension of the file's declarations.
import { messages } from "./bundler.cjs";
import { bundleUp, homePageFunctions } from "./up-bundle.ts";

/** The verb `build`: bundles every function, the console's page and `npm start`, unless they are up to date. */
export function buildCommand(): Command {
  return new Command("build")
    .description(
      "Bundle every function into its dist folder, the console's page and `npm start`, if they changed.",
    )
    .action(async () => {
      const page = buildConsolePage();
      const onFirst = async () => {
        await page;
        process.send?.(messages.homePage);
        // The parent's functions start now.
        setPriority(constants.priority.PRIORITY_LOW);
      };
      const onAll = async () => void process.send?.(messages.all);
      // Without a parent that waits, all at once: it takes less time.
      const first = process.send && { names: homePageFunctions, onFirst };
      const [bundles] = await Promise.all([
        bundleFunctions(functionsFolder, { first, onAll }),
        page,
      ]);
      // Last, because only the next `npm start` needs it.
      await bundleUp();
      const rows = bundles.map(({ name, sizeBytes }) => [name, formatBytes(sizeBytes)]);
      process.stdout.write(`${formatTable(rows).join("\n")}\n`);
    });
}
