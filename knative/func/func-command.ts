import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { ConfigError } from "#runtime/environment.ts";
import { findFunctions } from "../../bundle/bundle-functions.ts";
import { createKubectl } from "../deploy/kubectl.ts";
import type { KubeObject } from "../deploy/objects.ts";
import { type RecipeOptions, readServices, withRecipeOptions } from "../deploy/recipe-services.ts";
import { wholeShop, writeWholeService } from "../whole/whole-service.ts";
import { writeFuncRecipe } from "./func-recipe.ts";

type FuncOptions = RecipeOptions & { readonly run?: boolean; readonly wholeImage?: string };

/**
 * The verb `func`: prints the script that deploys functions with func and kn, or runs it. A function
 * is only deployed from its folder, so `emailservice-events` comes from the manifests.
 */
export function funcCommand(): Command {
  return withRecipeOptions(
    new Command("func")
      .description("Print the func and kn commands that deploy functions, or run them.")
      .argument(
        "[function...]",
        `functions, or ${wholeShop}: the whole shop as one; all ten if none`,
      )
      .option("--whole-image <image>", `the image of ${wholeShop}`)
      .option("--run", "run the commands, one after the other, and stop at the first that fails"),
  ).action(async (names: string[], options: FuncOptions) => {
    const script = await writeScript(names, options);
    if (options.run) await runScript(script);
    else process.stdout.write(`${script}\n`);
  });
}

async function writeScript(names: readonly string[], options: FuncOptions): Promise<string> {
  const { namespace, wholeImage } = options;
  const functions = await findFunctions();
  const wanted = names.length === 0 ? functions : names.filter((name) => name !== wholeShop);
  const services =
    wanted.length === 0 ? [] : await readServices(createKubectl(), wanted, options, functions);
  const recipes = services.map((service) =>
    writeFuncRecipe(service, `functions/${service.metadata.name}`, namespace),
  );
  if (names.includes(wholeShop)) {
    if (wholeImage === undefined) throw new ConfigError([`${wholeShop} needs --whole-image`]);
    const service = writeWholeService(wholeImage) as unknown as KubeObject;
    recipes.push(writeFuncRecipe(service, ".", namespace));
  }
  return ["set -e", ...recipes].join("\n\n");
}

async function runScript(script: string): Promise<void> {
  const shell = spawn("sh", ["-x"], { stdio: ["pipe", "inherit", "inherit"] });
  shell.stdin.end(script);
  const [code] = await once(shell, "exit");
  process.exitCode = code === 0 ? 0 : 1;
}
