import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { createKubectl } from "#backends/kubectl.ts";
import { listFunctions, monolithName, readManifest } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { repositoryFolder } from "../deploy/options.ts";
import { writeMonolithService } from "../generate/monolith-service.ts";
import {
  type RecipeObjects,
  type RecipeOptions,
  readRecipeObjects,
  withRecipeOptions,
} from "../kn/recipe-services.ts";
import {
  type FuncTarget,
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
      .description("Print the func and kn commands that deploy functions, or run them.")
      .argument(
        "[function...]",
        `functions, or ${monolithName} (the monolith); all functions if none is named`,
      )
      .option("--source", "let func build the images with its builder; with --registry and --tag")
      .option("--monolith-image <image>", `the image of ${monolithName}`)
      .option("--run", "run the commands, one after the other, and stop at the first that fails"),
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
      `--images ${images} names images that are there: with --source give --registry and --tag`,
    ]);
  }
  if (names.includes(monolithName)) {
    throw new ConfigError([`${monolithName} has an image only: leave out --source`]);
  }
}

async function writeScript(names: readonly string[], options: FuncOptions): Promise<string> {
  const { namespace, context, monolithImage, source } = options;
  const origin = source ? "source" : "prebuilt";
  const parts = ["set -e", makeScratch];
  if (context !== undefined) parts.push(writeContextRecipe(context));
  // What a builder gets is the folder alone: the bundle in it needs nothing from outside.
  if (source) parts.push("npm run build");
  const all = listFunctions();
  const wanted = names.length === 0 ? all : names.filter((name) => name !== monolithName);
  if (wanted.length > 0) {
    const kubectl = createKubectl({ context });
    const objects = await readRecipeObjects(kubectl, withEvents(wanted, all), options, all);
    for (const name of wanted) parts.push(...writeFunction(name, objects, { namespace, origin }));
  }
  if (names.includes(monolithName)) {
    if (monolithImage === undefined)
      throw new ConfigError([`${monolithName} needs --monolith-image`]);
    const target = { folder: ".", namespace, origin } as const;
    parts.push(writeFuncRecipe(writeMonolithService(monolithImage), target));
  }
  return parts.join("\n\n");
}

function withEvents(names: readonly string[], functions: readonly string[]): string[] {
  return names.flatMap((name) => {
    const receives = functions.includes(name) && readManifest(name).deploy.subscriptions.length > 0;
    return receives ? [name, `${name}-events`] : [name];
  });
}

function writeFunction(
  name: string,
  objects: RecipeObjects,
  target: Omit<FuncTarget, "folder">,
): string[] {
  const find = (wanted: string) =>
    objects.services.find(({ metadata }) => metadata.name === wanted);
  const service = find(name);
  const events = find(`${name}-events`);
  if (service === undefined) return [];
  if (events === undefined) {
    return [writeFuncRecipe(service, { ...target, folder: `functions/${name}` })];
  }
  const { commands, folder } = writeCopyRecipe(name);
  return [
    commands,
    writeFuncRecipe(service, { ...target, folder }),
    writeEventsRecipe(name, events, objects.triggers, target),
  ];
}

async function runScript(script: string): Promise<void> {
  // As an argument and not on the standard input, which the commands would read as theirs.
  const shell = spawn("sh", ["-xc", script], {
    cwd: repositoryFolder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(shell, "exit");
  process.exitCode = code === 0 ? 0 : 1;
}
