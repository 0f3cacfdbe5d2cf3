import { ConfigError } from "#runtime/environment.ts";
import { parseReference } from "../registry/reference.ts";
import type { Registry } from "../registry/registry.ts";

/** A base image with its digest, or why its digest is unknown. */
export type PinnedImage =
  | {
      /** Its name with its digest. */
      readonly image: string;
    }
  | {
      /** Why its registry did not return the digest. */
      readonly reason: string;
    };

/**
 * Looks up an image's digest, which identifies its content: builds are comparable only if they have the
 * same base image.
 *
 * @throws ConfigError if its registry does not have the image
 */
export async function pinImage(registry: Registry, image: string): Promise<PinnedImage> {
  const lookup = await registry.find(image);
  if (lookup.state === "missing") {
    throw new ConfigError([`--node-image is ${image}: its registry does not have this image`]);
  }
  if (lookup.state === "unknown") return { reason: lookup.reason };
  return { image: `${parseReference(image).name}@${lookup.digest}` };
}

/**
 * Finds an image of the same inputs, and adds the requested tag if it is missing. Resolves to the image's
 * digest; undefined if the image has to be built.
 *
 * @param name the image's name without a tag
 * @param tags `inputs` as `nameInputs` returns it, and the `tag` that the user requested
 */
export async function reuseImage(
  registry: Registry,
  name: string,
  { inputs, tag }: { inputs: string; tag: string },
): Promise<string | undefined> {
  const [lookup, tagged] = await Promise.all([
    registry.find(`${name}:${inputs}`),
    registry.find(`${name}:${tag}`),
  ]);
  if (lookup.state !== "found") return undefined;
  const { digest } = lookup;
  if (tagged.state === "found" && tagged.digest === digest) return digest;
  const refusal = await registry.tag(`${name}@${digest}`, tag);
  return refusal === undefined ? digest : undefined;
}
