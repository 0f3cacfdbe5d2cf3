import { ConfigError } from "#runtime/environment.ts";
import { describeCheckout } from "../../bundle/describe-checkout.ts";
import { isPrefix, isTag } from "../registry/reference.ts";

/**
 * The name of a function's image without its tag: `registry/function`.
 *
 * @throws ConfigError if the registry is not a host with an optional port and path
 */
export function nameImage(registry: string, functionName: string): string {
  if (isPrefix(registry)) return `${registry}/${functionName}`;
  throw new ConfigError([
    `the registry is ${JSON.stringify(registry)}: expected host[:port][/path] in lower case, without https://`,
  ]);
}

/** Returns the tag. Throws ConfigError if it is not valid. */
export function checkTag(tag: string): string {
  if (isTag(tag)) return tag;
  throw new ConfigError([
    `the tag is ${JSON.stringify(tag)}: expected up to 128 letters, digits, dots, underscores and dashes, no dot or dash first`,
  ]);
}

/**
 * The tag of a checkout: the short hash of its commit, with `-dirty` if files differ from it.
 *
 * @throws ConfigError if the folder is not a git checkout
 */
export async function tagOfCheckout(folder: string): Promise<string> {
  const { commit, isDirty } = await describeCheckout(folder);
  if (commit === null)
    throw new ConfigError(["no git commit gives the images a tag: give a --tag"]);
  return commit.slice(0, 7) + (isDirty ? "-dirty" : "");
}
