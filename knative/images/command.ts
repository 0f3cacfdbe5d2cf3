import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command, Option } from "commander";
import { listFunctions, monolithName } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { type BuiltImage, buildImages, defaultNodeImage } from "./build-images.ts";
import { type BuilderName, builderNames, findBuilder } from "./builder.ts";
import { bundleForImages } from "./bundle-images.ts";
import { describeBuildFailure, ImageBuildError } from "./image-error.ts";
import { checkTag, nameImage, tagOfCheckout } from "./image-name.ts";
import { describeImage, formatImages } from "./report.ts";

interface CommandOptions {
  readonly registry: string;
  readonly push?: boolean;
  readonly tag?: string;
  readonly nodeImage: string;
  readonly insecure?: boolean;
  readonly builder?: BuilderName;
  readonly bundle: boolean;
  readonly json?: string;
}

/**
 * The verb `images`. It exits with 2 for a mistake of the user, and with 1 and the builder's
 * last lines if a build or a push failed.
 */
export function imagesCommand(): Command {
  const command = new Command("images")
    .description(
      "Build the images of all functions and of the monolith, or of those that are named.",
    )
    .argument("[function...]", `functions, or ${monolithName} (the monolith); all if none is named`)
    .requiredOption("--registry <host/path>", "the registry that the images are named for")
    .option("--push", "push them, which gives each its digest")
    .option("--tag <tag>", "their tag (default: the git commit, with -dirty where files differ)")
    .option("--node-image <image>", "the base image with Node.js 24", defaultNodeImage)
    .option("--insecure", "accept registries without TLS; docker needs its insecure-registries")
    .addOption(new Option("--builder <name>", "the program that builds").choices(builderNames))
    .option("--no-bundle", "use the bundles that are there")
    .option("--json <file>", "write each pushed image's digest: the functions' names to images");
  return command.action(async (functions: string[], given: CommandOptions) => {
    try {
      await buildAndReport(functions, given);
    } catch (error) {
      if (error instanceof ConfigError) {
        command.error(`error: ${error.message}`, { exitCode: 2 });
      }
      if (!(error instanceof ImageBuildError)) throw error;
      process.stderr.write(`error: ${describeBuildFailure(error)}\n`);
      process.exitCode = 1;
    }
  });
}

async function buildAndReport(named: readonly string[], given: CommandOptions): Promise<void> {
  const { registry, nodeImage, insecure = false, push = false, json } = given;
  nameImage(registry, "function");
  const functions = await chooseFunctions(named);
  if (json !== undefined) checkJsonFile(json, push);
  const tag = given.tag === undefined ? await tagOfCheckout(root) : checkTag(given.tag);
  const builder = await findBuilder(given.builder);
  if (given.bundle) await bundleForImages(functions);
  const images = await buildImages({
    functions,
    registry,
    tag,
    nodeImage,
    builder,
    insecure,
    push,
    onImage: (image) => process.stderr.write(`${describeImage(image)}\n`),
  });
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(digestsOf(images), null, 2)}\n`);
  process.stdout.write(`${formatImages(images)}\n`);
}

const root = join(import.meta.dirname, "..", "..");

async function chooseFunctions(named: readonly string[]): Promise<string[]> {
  const all = [...listFunctions(), monolithName];
  const unknown = named.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new ConfigError([
      `no function is named ${unknown.join(", ")}: expected some of ${all.join(", ")}`,
    ]);
  }
  return named.length === 0 ? all : all.filter((name) => named.includes(name));
}

// Before the work, not after it.
function checkJsonFile(file: string, push: boolean): void {
  if (!push) throw new ConfigError(["--json needs --push: only a registry gives digests"]);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error("a folder");
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch {
    throw new ConfigError([
      `--json is ${JSON.stringify(file)}: expected a file that can be written`,
    ]);
  }
}

function digestsOf(images: readonly BuiltImage[]): Record<string, string> {
  return Object.fromEntries(
    images.map(({ functionName, name, digest }) => [functionName, `${name}@${digest}`]),
  );
}
