import { ConfigError } from "#runtime/environment.ts";
import { runProgram } from "./run-program.ts";

/**
 * The name of a function's image without its tag: `registry/function`.
 *
 * @throws ConfigError if the registry is not a host with an optional port and path
 */
export function nameImage(registry: string, functionName: string): string {
  if (!registryForm.test(registry)) {
    throw new ConfigError([
      `the registry is ${JSON.stringify(registry)}: expected host[:port][/path] in small letters and without https://`,
    ]);
  }
  return `${registry}/${functionName}`;
}

/**
 * Checks a tag against what registries take.
 *
 * @throws ConfigError naming the tag
 */
export function checkTag(tag: string): string {
  if (tagForm.test(tag)) return tag;
  throw new ConfigError([
    `the tag is ${JSON.stringify(tag)}: expected up to 128 letters, digits, dots, underscores and dashes, no dot or dash first`,
  ]);
}

/**
 * The tag of what is checked out in a folder: the short hash of its commit, with `-dirty` where
 * files differ from it.
 *
 * @throws ConfigError if the folder is not a git checkout
 */
export async function tagOfCheckout(folder: string): Promise<string> {
  const [commit, status] = await Promise.all([
    runProgram("git", ["rev-parse", "--short", "HEAD"], { cwd: folder }),
    runProgram("git", ["status", "--porcelain"], { cwd: folder }),
  ]);
  if (commit.code !== 0 || status.code !== 0) {
    throw new ConfigError(["there is no git commit to name the images by: give a --tag"]);
  }
  return commit.stdout.trim() + (status.stdout.trim() === "" ? "" : "-dirty");
}

// The forms of the OCI distribution specification, "Pulling manifests".
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const registryForm = new RegExp(`^[a-z0-9.-]+(?::\\d{1,5})?(?:/${component})*$`);
const tagForm = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
