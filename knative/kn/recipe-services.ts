import type { Command } from "commander";
import { contextOption } from "#backends/context-option.ts";
import { findSubscriber, type KubeObject } from "#backends/kube-objects.ts";
import { createKubectl } from "#backends/kubectl.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { type RawDeployOptions, readDeployOptions } from "../deploy/options.ts";
import {
  functionsWithoutImage,
  knativeServicesOf,
  renderOverlay,
  retarget,
} from "../manifests/render-manifests.ts";

/** The options of `kn` and `func`, which are options of `deploy`. */
export type RecipeOptions = ClusterTarget &
  Pick<RawDeployOptions, "overlay" | "registry" | "tag" | "images">;

/** The namespace and kubectl context of a recipe's commands. */
export type ClusterTarget = Pick<RawDeployOptions, "namespace" | "context">;

/** Adds the options to a command. */
export function withRecipeOptions(command: Command): Command {
  return command
    .option("--overlay <overlay>", "a name in knative/overlays, or a folder's path", "default")
    .option("--namespace <name>", "the functions' namespace", "shop")
    .option("--registry <prefix>", "images are PREFIX/FUNCTION:TAG; with --tag")
    .option("--tag <tag>", "the images' tag; with --registry")
    .option("--images <file>", "JSON of image references by function, instead")
    .addOption(contextOption());
}

/** The objects that a recipe creates. */
export interface RecipeObjects {
  /** The functions' Knative Services. */
  readonly services: readonly KubeObject[];
  /** The Triggers whose subscribers are among the Services. */
  readonly triggers: readonly KubeObject[];
  /** The CronJobs that let the Services sweep. */
  readonly cronJobs: readonly KubeObject[];
}

/**
 * The Knative Services of an overlay with the given images, the named ones or all, with their Triggers and
 * CronJobs.
 *
 * @throws ConfigError for an unknown name, and for a function without an image
 */
export async function readRecipeObjects(
  names: readonly string[],
  options: RecipeOptions,
): Promise<RecipeObjects> {
  const kubectl = createKubectl({ context: options.context });
  const raw = { ...options, timeout: "1s", build: false };
  const target = readDeployOptions(raw, listFunctions());
  const rendered = retarget(await renderOverlay(kubectl, target.overlayFolder), target);
  const all = knativeServicesOf(rendered);
  const known = all.map(({ metadata }) => metadata.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new ConfigError([
      `no function is named ${unknown.join(", ")}: expected some of ${known.join(", ")}`,
    ]);
  }
  checkIdentities(all, options.overlay);
  const wanted = names.length === 0 ? known : names;
  const services = all.filter(({ metadata }) => wanted.includes(metadata.name));
  const bare = functionsWithoutImage(services);
  if (bare.length > 0) {
    throw new ConfigError([
      `no image for ${bare.join(", ")}: give --registry and --tag, or --images`,
    ]);
  }
  const triggers = rendered.filter(
    (object) => object.kind === "Trigger" && wanted.includes(findSubscriber(object)?.name ?? ""),
  );
  const cronJobs = rendered.filter(
    ({ kind, metadata }) =>
      kind === "CronJob" && wanted.some((name) => metadata.name === `${name}-sweep`),
  );
  return { services, triggers, cronJobs };
}

// Neither kn nor func.yaml can express a projected token.
function checkIdentities(services: readonly KubeObject[], overlay: string): void {
  const hasAccount = ({ spec }: KubeObject) =>
    (spec as { template?: { spec?: { serviceAccountName?: string } } } | undefined)?.template?.spec
      ?.serviceAccountName !== undefined;
  if (!services.some(hasAccount)) return;
  throw new ConfigError([
    `--overlay is ${JSON.stringify(overlay)}, whose functions have service accounts with tokens, which kn and func cannot create: use shop deploy, or the overlay default`,
  ]);
}
