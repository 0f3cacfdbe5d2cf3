import { buildImages } from "../images/build-images.ts";
import { findBuilder } from "../images/builder.ts";
import { bundleForImages } from "../images/bundle-images.ts";
import { tagOfCheckout } from "../images/image-name.ts";
import { describeImage } from "../images/report.ts";
import type { BuildOptions } from "./options.ts";
import { repositoryFolder } from "./options.ts";

/**
 * Bundles the functions, builds an image of each whose inputs are new to the registry, and pushes it.
 * Answers the images by function, each by its digest, so that what runs is what was built.
 *
 * @throws ConfigError where no builder works, or a name has a wrong form
 * @throws ImageBuildError where the builder or the registry refuses
 */
export async function buildForDeploy(
  functions: readonly string[],
  { registry, tag, nodeImage, insecure, builder: wanted }: BuildOptions,
  onLine: (line: string) => void,
): Promise<Record<string, string>> {
  const builder = await findBuilder(wanted);
  await bundleForImages(functions);
  const images = await buildImages({
    functions,
    registry,
    tag: tag ?? (await tagOfCheckout(repositoryFolder)),
    nodeImage,
    builder,
    insecure,
    push: true,
    onImage: (image) => onLine(describeImage(image)),
  });
  return Object.fromEntries(
    images.map(({ functionName, name, digest }) => [functionName, `${name}@${digest}`]),
  );
}
