import type { Command } from "commander";
import { contextOption } from "#backends/context-option.ts";
import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { ConfigError } from "#runtime/environment.ts";
import { readDeployOptions } from "../deploy/options.ts";
import {
  functionsWithoutImage,
  knativeServicesOf,
  renderOverlay,
  retarget,
} from "../manifests/render-manifests.ts";

/** The options that the recipes of kn and func share. */
export interface RecipeOptions extends ClusterTarget {
  /** A name in `knative/overlays`, or a folder's path. */
  readonly overlay: string;
  /** Host, port and path of the images' registry. */
  readonly registry?: string;
  /** The images' tag. */
  readonly tag?: string;
  /** The path of a JSON file of image references by function. */
  readonly images?: string;
}

/** Where in which cluster the commands of a recipe create what they create. */
export interface ClusterTarget {
  /** Where the functions go. */
  readonly namespace: string;
  /** kubectl's context; the current one if it is missing. */
  readonly context?: string;
}

/** Adds the options to a command. */
export function withRecipeOptions(command: Command): Command {
  return command
    .option("--overlay <overlay>", "a name in knative/overlays, or a folder's path", "default")
    .option("--namespace <name>", "where the functions go", "shop")
    .option("--registry <prefix>", "images are PREFIX/FUNCTION:TAG; with --tag")
    .option("--tag <tag>", "the images' tag; with --registry")
    .option("--images <file>", "JSON of image references by function, instead")
    .addOption(contextOption());
}

/** What a recipe makes: Knative Services, and the Triggers that lead events to them. */
export interface RecipeObjects {
  /** The functions. */
  readonly services: readonly KubeObject[];
  /** Those that send events to these functions. */
  readonly triggers: readonly KubeObject[];
}

/**
 * The Knative Services of an overlay with the given images, those that are named or all, and their
 * Triggers.
 *
 * @throws ConfigError for a name that no function has, and for a function without an image
 */
export async function readRecipeObjects(
  kubectl: Kubectl,
  names: readonly string[],
  options: RecipeOptions,
  functions: readonly string[],
): Promise<RecipeObjects> {
  const raw = { ...options, timeout: "1s", build: false };
  const { overlayFolder, images, namespace } = readDeployOptions(raw, functions);
  const rendered = retarget(await renderOverlay(kubectl, overlayFolder), { namespace, images });
  const all = knativeServicesOf(rendered);
  const known = all.map(({ metadata }) => metadata.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new ConfigError([
      `no function is named ${unknown.join(", ")}: expected some of ${known.join(", ")}`,
    ]);
  }
  const services = all.filter(
    ({ metadata }) => names.length === 0 || names.includes(metadata.name),
  );
  const bare = functionsWithoutImage(services);
  if (bare.length > 0) {
    throw new ConfigError([
      `no image for ${bare.join(", ")}: give --registry and --tag, or --images`,
    ]);
  }
  return { services, triggers: triggersOf(rendered, services) };
}

function triggersOf(objects: readonly KubeObject[], services: readonly KubeObject[]): KubeObject[] {
  const names = services.map(({ metadata }) => metadata.name);
  return objects.filter(({ kind, spec }) => {
    const { subscriber } = (spec ?? {}) as { subscriber?: { ref?: { name: string } } };
    return kind === "Trigger" && names.includes(subscriber?.ref?.name ?? "");
  });
}
