import { ConfigError } from "#runtime/environment.ts";
import type { Registry } from "../registry/registry.ts";

/** A base image by its digest, or why that is not known. */
export type PinnedImage =
  | {
      /** Its name with its digest. */
      readonly image: string;
    }
  | {
      /** Why its registry does not say. */
      readonly reason: string;
    };

/**
 * Names an image by its digest, so that its name identifies its content. If the registry does not report
 * it, two builds cannot be known to have the same base.
 *
 * @throws ConfigError if its registry has no such image
 */
export async function pinImage(registry: Registry, image: string): Promise<PinnedImage> {
  const lookup = await registry.find(image);
  if (lookup.state === "missing") {
    throw new ConfigError([`--node-image is ${image}: its registry has no such image`]);
  }
  if (lookup.state === "unknown") return { reason: lookup.reason };
  return { image: `${image.replace(/@.*$/, "").replace(/:[^:/]+$/, "")}@${lookup.digest}` };
}

/** The tags of an image. */
export interface ImageTags {
  /** What it is built from: see `nameInputs`. */
  readonly inputs: string;
  /** How the user names it. */
  readonly tag: string;
}

/**
 * Looks for an image that was built from the same inputs, and gives it the wanted tag if it has not
 * got it. Resolves to its digest; undefined if it has to be built.
 *
 * @param name the image's name without a tag
 */
export async function reuseImage(
  registry: Registry,
  name: string,
  { inputs, tag }: ImageTags,
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
