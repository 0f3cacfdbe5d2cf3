import type { KubeObject } from "#backends/kube-objects.ts";
import { containersOf, knativeServicesOf } from "./render-manifests.ts";

/** Objects whose images are pinned, and what was pinned. */
export interface PinnedImages {
  /** The objects; those without a change are the same. */
  readonly objects: KubeObject[];
  /** A line for each image, with its digest. */
  readonly lines: readonly string[];
}

/**
 * Adds digests to the tags of images, so that a tag that is moved later does not change what runs. Knative
 * does that itself for the images of Knative Services.
 *
 * @param digests `sha256:...` by image reference, as the registries have answered
 */
export function pinImages(
  objects: readonly KubeObject[],
  digests: ReadonlyMap<string, string>,
): PinnedImages {
  const pinned = new Map<string, string>();
  const services = new Set(knativeServicesOf(objects));
  const changed = objects.map((object) => {
    if (services.has(object)) return object;
    const copy = structuredClone(object);
    let isChanged = false;
    for (const container of containersOf(copy)) {
      const { image } = container;
      const digest = digests.get(image);
      if (digest === undefined || image.includes("@")) continue;
      pinned.set(image, digest);
      // The tag stays readable; a container runtime uses the digest alone.
      container.image = `${image}@${digest}`;
      isChanged = true;
    }
    return isChanged ? copy : object;
  });
  const lines = [...pinned].sort().map(([image, digest]) => `image ${image} is ${digest}`);
  return { objects: changed, lines };
}
