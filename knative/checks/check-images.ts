import type { KubeObject } from "#backends/kube-objects.ts";
import { containersOf } from "../manifests/render-manifests.ts";
import { parseReference } from "../registry/reference.ts";
import type { Registry } from "../registry/registry.ts";

/** The result of the check of images. */
export interface ImageCheck {
  /** A line for each registry that lacks images, with the command that builds them. */
  readonly problems: readonly string[];
  /** A line for each reason why images could not be checked. */
  readonly notes: readonly string[];
  /** The digests of the images that were found, by their references. */
  readonly digests: ReadonlyMap<string, string>;
}

/** The images of all containers of the objects. */
export function imagesOf(objects: readonly KubeObject[]): string[] {
  return [...new Set(objects.flatMap(containersOf).map(({ image }) => image))].sort();
}

/**
 * Checks whether images are in their registries. An image that cannot be checked is not an error: the
 * cluster may reach registries that this machine cannot.
 *
 * @param functions the names of the functions, whose images this project can build
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
    digests: new Map(
      lookups.flatMap(({ image, lookup }): [string, string][] =>
        lookup.state === "found" ? [[image, lookup.digest]] : [],
      ),
    ),
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

// Only an image that is named by its tag can be built again, not one that is named by its digest.
function findBuild(image: string, functions: readonly string[]): Build | undefined {
  const { name: path, version: tag } = parseReference(image);
  const at = path.lastIndexOf("/");
  const name = path.slice(at + 1);
  if (at < 0 || image.includes("@") || !functions.includes(name)) return undefined;
  return { prefix: path.slice(0, at), name, tag };
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
    `npm run images -- --registry ${prefix} --tag ${tag} --push`,
    ...(isPlain ? ["--insecure"] : []),
    ...(nodeImage === undefined ? [] : [`--node-image ${nodeImage}`]),
    ...names,
  ].join(" ");
  const what = `${prefix} has no images with tag ${tag} of ${names.join(", ")}`;
  return `${what}; build and push them, then run this command again:\n  ${command}`;
}
