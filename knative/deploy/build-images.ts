import { ConfigError } from "#runtime/environment.ts";
import { bundleFunctions } from "../../bundle/bundle-functions.ts";
import { buildImages } from "../images/build-images.ts";
import { findBuilder } from "../images/builder.ts";
import { type ImageBuildError, ImageOptionError } from "../images/image-error.ts";
import { tagOfCheckout } from "../images/image-name.ts";
import type { BuildOptions } from "./options.ts";
import { repositoryFolder } from "./options.ts";

/**
 * Bundles the functions, builds an image of each and pushes it. Answers the images by function, each
 * by its digest, so that what runs is what was built.
 *
 * @throws ConfigError where no builder works, or a name has a wrong form
 * @throws ImageBuildError where the builder or the registry refuses
 */
export async function buildForDeploy(
  functions: readonly string[],
  { registry, tag, nodeImage, insecure, builder: wanted }: BuildOptions,
  onLine: (line: string) => void,
): Promise<Record<string, string>> {
  try {
    const builder = await findBuilder(wanted);
    await bundleFunctions();
    const images = await buildImages({
      functions,
      registry,
      tag: tag ?? (await tagOfCheckout(repositoryFolder)),
      nodeImage,
      builder,
      insecure,
      push: true,
      onImage: ({ reference }) => onLine(`pushed ${reference}`),
    });
    return Object.fromEntries(
      images.map(({ functionName, name, digest }) => [functionName, `${name}@${digest}`]),
    );
  } catch (error) {
    if (error instanceof ImageOptionError) throw new ConfigError([error.message]);
    throw error;
  }
}

/** What a build failed of, and what to do. Of a push only the last of the builder's lines matters. */
export function describeBuildFailure({ message }: ImageBuildError): string {
  const [what = "", ...said] = message.split("\n");
  const again = "and run the command again";
  if (!/^\S+: \S+ push of /.test(what)) {
    return `${message}\nMend what the builder says, or give another base by --node-image, ${again}.`;
  }
  const why = (said.at(-1) ?? "").trim();
  return `${what}: ${why}. Check --registry, that you may push to it (log in), and --insecure for one without TLS, ${again}.`;
}
