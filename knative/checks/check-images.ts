import type { KubeObject } from "#backends/kube-objects.ts";
import { containersOf } from "../manifests/render-manifests.ts";
import type { Registry } from "../registry/registry.ts";

/** What the check of the images came to. */
export interface ImageCheck {
  /** One for each registry that lacks images, with the command that builds them. */
  readonly problems: readonly string[];
  /** One line for each reason why images could not be checked. */
  readonly notes: readonly string[];
}

/** The images of all containers of the objects. */
export function imagesOf(objects: readonly KubeObject[]): string[] {
  return [...new Set(objects.flatMap(containersOf).map(({ image }) => image))].sort();
}

/**
 * Checks that images are in their registries. `functions` are the names of those that this project
 * builds. An image that cannot be checked is not an error: the cluster may reach its registry.
 */
export async function checkImages(
  registry: Registry,
  images: readonly string[],
  functions: readonly string[],
): Promise<ImageCheck> {
  const lookups = await Promise.all(
    images.map(async (image) => ({ image, lookup: await registry.find(image) })),
  );
  const missing = lookups.filter(({ lookup }) => lookup.state === "missing");
  const builds = missing.map(({ image }) => ({ image, build: findBuild(image, functions) }));
  const foreign = builds.filter(({ build }) => build === undefined).map(({ image }) => image);
  const own = builds.flatMap(({ build }) => (build === undefined ? [] : [build]));
  const groups = [...Map.groupBy(own, ({ prefix, tag }) => `${prefix}:${tag}`).values()];
  const nodeImage = images.find((image) => /(^|\/)node[:@]/.test(image));
  const commands = groups.map((group) => describeMissing(registry, group, nodeImage));
  const reasons = Map.groupBy(lookups, ({ lookup }) =>
    lookup.state === "unknown" ? lookup.reason : "",
  );
  reasons.delete("");
  return {
    problems: [
      ...foreign.map((image) => `${image} is not in its registry: push it, or name another image`),
      ...(await Promise.all(commands)),
    ],
    notes: [...reasons].map(
      ([reason, group]) => `not checked: ${group.map(({ image }) => image).join(", ")}: ${reason}`,
    ),
  };
}

interface Build {
  readonly prefix: string;
  readonly name: string;
  readonly tag: string;
}

// An image by its digest cannot be built again, only one by its tag.
function findBuild(image: string, functions: readonly string[]): Build | undefined {
  const [, prefix, name, tag] = /^(.+)\/([^/:@]+):([^/:@]+)$/.exec(image) ?? [];
  if (prefix === undefined || name === undefined || tag === undefined) return undefined;
  return functions.includes(name) ? { prefix, name, tag } : undefined;
}

async function describeMissing(
  registry: Registry,
  builds: readonly Build[],
  nodeImage: string | undefined,
): Promise<string> {
  const [{ prefix, tag }] = builds as [Build];
  const names = builds.map(({ name }) => name);
  const isPlain = await registry.isPlain(`${prefix}/${names[0]}`);
  const command = [
    "npm run images --",
    `--registry ${prefix} --tag ${tag} --push`,
    ...(isPlain ? ["--insecure"] : []),
    ...(nodeImage === undefined ? [] : [`--node-image ${nodeImage}`]),
    ...names,
  ].join(" ");
  const what = `${prefix} has no images with tag ${tag} of ${names.join(", ")}`;
  return `${what}; build and push them, then run this command again:\n  ${command}`;
}
