import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { listFunctions, monolithName } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { buildImages } from "./build-images.ts";
import { type BuildOptions, withBuildOptions } from "./build-options.ts";
import { describeBuildFailure, ImageBuildError } from "./image-error.ts";
import { describeImage, digestsOf, formatImages } from "./report.ts";

interface CommandOptions extends BuildOptions {
  readonly registry: string;
  readonly push?: boolean;
  readonly bundle: boolean;
  readonly json?: string;
}

/** The verb `images`. It exits with 2 for wrong arguments, and with 1 if a build or a push failed. */
export function imagesCommand(): Command {
  const command = withBuildOptions(
    new Command("images")
      .description("Build the images of all functions and of the monolith, or of the named ones.")
      .argument(
        "[function...]",
        `functions, or ${monolithName} (the monolith); all if none is named`,
      )
      .requiredOption("--registry <host/path>", "the registry, the first part of the images' names")
      .option("--push", "push the images, which gives each its digest")
      .option("--no-bundle", "use the existing bundles")
      .option("--json <file>", "write the pushed images by digest: JSON of functions to images"),
  );
  return command.action(async (functions: string[], given: CommandOptions) => {
    try {
      await buildAndReport(functions, given);
    } catch (error) {
      if (error instanceof ConfigError) command.error(`error: ${error.message}`, { exitCode: 2 });
      if (!(error instanceof ImageBuildError)) throw error;
      process.stderr.write(`error: ${describeBuildFailure(error)}\n`);
      process.exitCode = 1;
    }
  });
}

async function buildAndReport(
  named: readonly string[],
  { push = false, json, ...options }: CommandOptions,
): Promise<void> {
  const functions = chooseFunctions(named);
  if (json !== undefined) checkJsonFile(json, push);
  const images = await buildImages({
    ...options,
    functions,
    push,
    onImage: (image) => process.stderr.write(`${describeImage(image)}\n`),
  });
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(digestsOf(images), null, 2)}\n`);
  process.stdout.write(`${formatImages(images)}\n`);
}

function chooseFunctions(named: readonly string[]): string[] {
  const all = [...listFunctions(), monolithName];
  const unknown = named.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new ConfigError([
      `no function is named ${unknown.join(", ")}: expected some of ${all.join(", ")}`,
    ]);
  }
  return named.length === 0 ? all : all.filter((name) => named.includes(name));
}

// Before the build, so that its result is not lost.
function checkJsonFile(file: string, push: boolean): void {
  if (!push) throw new ConfigError(["--json needs --push: only a registry gives digests"]);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error("a folder");
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch {
    throw new ConfigError([`--json is ${JSON.stringify(file)}: expected a writable file`]);
  }
}
