import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { findSubscriber } from "#backends/kube-objects.ts";
import { receivesEvents } from "#manifest/annotations.ts";
import type { FuncYaml } from "#manifest/func-yaml.ts";
import { listFunctions, monolithName, readManifest, readMonolith } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { repositoryFolder } from "../deploy/options.ts";
import { writeMonolithService } from "../generate/monolith-service.ts";
import { writeApplyCommand } from "../kn/kn-service.ts";
import { type RecipeOptions, readRecipeObjects, withRecipeOptions } from "../kn/recipe-services.ts";
import {
  makeScratch,
  writeContextRecipe,
  writeCopyRecipe,
  writeEventsRecipe,
  writeFuncRecipe,
} from "./func-recipe.ts";

type FuncOptions = RecipeOptions & {
  readonly run?: boolean;
  readonly source?: boolean;
  readonly monolithImage?: string;
};

/** The verb `func`: prints the script that deploys functions with func and kn, or runs it. */
export function funcCommand(): Command {
  return withRecipeOptions(
    new Command("func")
      .description("Print or run the func and kn commands that deploy functions.")
      .argument(
        "[function...]",
        `functions, or ${monolithName} (the monolith); all functions if none is named`,
      )
      .option("--source", "let func build the images with its builder; with --registry and --tag")
      .option("--monolith-image <image>", `the image of ${monolithName}`)
      .option("--run", "run the commands one after the other, until one fails"),
  ).action(async (names: string[], options: FuncOptions) => {
    checkSource(names, options);
    const script = await writeScript(names, options);
    if (options.run) await runScript(script);
    else process.stdout.write(`${script}\n`);
  });
}

function checkSource(names: readonly string[], { source, images }: FuncOptions): void {
  if (!source) return;
  if (images !== undefined) {
    throw new ConfigError([
      `--images ${images} names existing images: with --source give --registry and --tag`,
    ]);
  }
  if (names.includes(monolithName)) {
    throw new ConfigError([
      `${monolithName} can only be deployed from an image: leave out --source`,
    ]);
  }
}

async function writeScript(names: readonly string[], options: FuncOptions): Promise<string> {
  const { namespace, context, monolithImage, source } = options;
  const target = { namespace, origin: source ? "source" : "prebuilt" } as const;
  const parts = ["set -e", makeScratch];
  if (context !== undefined) parts.push(writeContextRecipe(context));
  // The builder gets only the function's folder, and the bundle in it has no other dependencies.
  if (source) parts.push("npm run build");
  const all = listFunctions();
  const wanted = names.length === 0 ? all : names.filter((name) => name !== monolithName);
  const receivers = wanted.filter(
    (name) => all.includes(name) && receivesEvents(readManifest(name)),
  );
  if (wanted.length > 0) {
    const events = receivers.map((name) => `${name}-events`);
    const { services, triggers, cronJobs } = await readRecipeObjects(
      [...wanted, ...events],
      options,
    );
    const byName = new Map(services.map((service) => [service.metadata.name, service]));
    for (const name of wanted) {
      const service = byName.get(name);
      const eventsService = byName.get(`${name}-events`);
      if (service === undefined) continue;
      const own = triggers.filter((each) => findSubscriber(each)?.name === `${name}-events`);
      const copy = own.length > 0 ? writeCopyRecipe(name) : undefined;
      if (copy) parts.push(copy.commands);
      const folder = copy?.folder ?? `functions/${name}`;
      const variables = variablesOf(readManifest(name));
      parts.push(writeFuncRecipe(service, { ...target, folder, variables }));
      if (eventsService) parts.push(writeEventsRecipe(name, eventsService, own, target));
    }
    // The builder's images have another entry point, which replaces its arguments.
    if (!source) parts.push(...cronJobs.map((cronJob) => writeApplyCommand(cronJob, options)));
  }
  if (names.includes(monolithName)) {
    if (monolithImage === undefined)
      throw new ConfigError([`${monolithName} needs --monolith-image`]);
    const variables = variablesOf(readMonolith());
    const service = writeMonolithService(monolithImage);
    parts.push(writeFuncRecipe(service, { ...target, folder: ".", variables }));
  }
  return parts.join("\n\n");
}

function variablesOf({ run }: FuncYaml): string[] {
  return run.envs.map(({ name }) => name);
}

async function runScript(script: string): Promise<void> {
  // As an argument, because the commands would read a script on standard input as their input.
  const shell = spawn("sh", ["-xc", script], {
    cwd: repositoryFolder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(shell, "exit");
  process.exitCode = code === 0 ? 0 : 1;
}
