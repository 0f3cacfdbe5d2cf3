import { type Command, Option } from "commander";
import { type BuilderName, builderNames } from "./builder.ts";

/** The options with which `images` and `deploy` build images. */
export interface BuildOptions {
  /** The images' tag; the git commit's if missing. */
  readonly tag?: string | undefined;
  /** The base image with Node.js 24; `defaultNodeImage` if missing. */
  readonly nodeImage?: string | undefined;
  /** Whether registries without TLS or with an untrusted certificate are accepted. */
  readonly insecure?: boolean | undefined;
  /** The program that builds; the first that works if missing. */
  readonly builder?: BuilderName | undefined;
}

/** The base image if none is given. */
export const defaultNodeImage = "docker.io/library/node:24-slim";

/** Adds the options to a command. */
export function withBuildOptions(command: Command): Command {
  return command
    .option("--tag <tag>", "the images' tag (default: the git commit, with -dirty if files differ)")
    .option("--node-image <image>", "the base image with Node.js 24", defaultNodeImage)
    .option("--insecure", "accept registries without TLS; docker needs its insecure-registries")
    .addOption(new Option("--builder <name>", "the program that builds").choices(builderNames));
}
