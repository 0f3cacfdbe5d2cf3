import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "#runtime/environment.ts";
import { createRegistry, type Registry } from "../registry/registry.ts";
import {
  type BuilderName,
  type BuildPlan,
  buildArguments,
  parsePushedDigest,
  pushArguments,
} from "./builder.ts";
import { ImageBuildError } from "./image-error.ts";
import { nameInputs } from "./image-inputs.ts";
import { checkTag, nameImage } from "./image-name.ts";
import { type ImageSize, measureImage } from "./image-size.ts";
import { type PinnedImage, pinImage, reuseImage } from "./reuse-image.ts";
import { lastLines, type ProgramResult, runProgram } from "./run-program.ts";

/** Which images are built, and of what. */
export interface ImagesOptions {
  /** The functions' names. Their bundles must be there: see `bundleFunctions`. */
  functions: readonly string[];
  /** Host, port and path of the registry that the images are named for. */
  registry: string;
  /** Their tag. */
  tag: string;
  /** The base image with Node.js 24; `defaultNodeImage` suits docker.io's users. */
  nodeImage: string;
  /** What builds them: see `findBuilder`. */
  builder: BuilderName;
  /** The registries are spoken to without TLS where they want that. */
  insecure: boolean;
  /**
   * Whether they are pushed as well, which is what gives them a digest. Then one whose inputs the
   * registry has an image of is not built again.
   */
  push: boolean;
  /** Called for each image that is done. */
  onImage?: (image: BuiltImage) => void;
}

/** An image that was built. */
export interface BuiltImage {
  /** The function's name. */
  functionName: string;
  /** The image's name without its tag. */
  name: string;
  /** The image's name with its tag. */
  reference: string;
  /** Whether the registry had it already, built from the same inputs. */
  isReused: boolean;
  /** Why the next build of the same inputs cannot use it again; undefined if it can. */
  unrecorded?: string;
  /** `sha256:...` as the registry has it; undefined where it was not pushed. */
  digest: string | undefined;
  /** Its size; undefined for a reused image, and if the builder does not report it. */
  size: ImageSize | undefined;
}

/** The base of the images where none is named. */
export const defaultNodeImage = "docker.io/library/node:24-slim";

const root = join(import.meta.dirname, "..", "..");

// A build is mostly copying; more of them at once would wait for the same disk.
const concurrency = 2;

/**
 * Builds the functions' images, and pushes them if asked to. Answers them in the functions' order.
 * After the first failure no other build is started and those under way are ended.
 *
 * @throws ImageBuildError naming the function, with the builder's last lines
 * @throws ConfigError where the registry or the tag has a wrong form, or a registry to push to or
 *   the base image is not as the options say
 */
export async function buildImages(options: ImagesOptions): Promise<BuiltImage[]> {
  checkTag(options.tag);
  nameImage(options.registry, "function");
  const registry = createRegistry({ insecure: options.insecure });
  if (options.push) await checkTls(registry, options);
  const base = options.push ? await pinImage(registry, options.nodeImage) : undefined;
  const scratch = await mkdtemp(join(tmpdir(), "shop-images-"));
  const abort = new AbortController();
  const waiting = [...options.functions];
  const built = new Map<string, BuiltImage>();
  let failure: unknown;
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const work = { scratch, signal: abort.signal };
      const image =
        base === undefined
          ? await buildImage(name, options, work)
          : await reuseOrBuild(name, options, work, { registry, base });
      built.set(name, image);
      options.onImage?.(image);
    }
  };
  const stopOthers = (error: unknown) => {
    // Those that are ended for it fail too, later.
    failure ??= error;
    waiting.length = 0;
    abort.abort();
  };
  await Promise.all(Array.from({ length: concurrency }, () => work().catch(stopOthers)));
  await rm(scratch, { recursive: true, force: true });
  if (failure !== undefined) throw failure;
  return options.functions.flatMap((name) => built.get(name) ?? []);
}

// docker's daemon has a setting of its own for that.
async function checkTls(
  registry: Registry,
  { registry: prefix, insecure, builder }: ImagesOptions,
): Promise<void> {
  if (insecure || builder === "docker" || !(await registry.isPlain(`${prefix}/x`))) return;
  throw new ConfigError([`the registry ${prefix} has no TLS: give --insecure`]);
}

// Neither a registry that cannot be reached nor one that refuses the second tag is a failure: what is
// not found is built, and the builder reports what it cannot push.
async function reuseOrBuild(
  functionName: string,
  options: ImagesOptions,
  work: BuildWork,
  { registry, base }: { registry: Registry; base: PinnedImage },
): Promise<BuiltImage> {
  if ("reason" in base) {
    return { ...(await buildImage(functionName, options, work)), unrecorded: base.reason };
  }
  const name = nameImage(options.registry, functionName);
  const inputs = await nameInputs({ functionName, nodeImage: base.image }, root);
  const digest = await reuseImage(registry, name, { inputs, tag: options.tag });
  const reference = `${name}:${options.tag}`;
  if (digest) return { functionName, name, reference, isReused: true, digest, size: undefined };
  const image = await buildImage(functionName, { ...options, nodeImage: base.image }, work);
  const unrecorded = await registry.tag(`${name}@${image.digest}`, inputs);
  return unrecorded === undefined ? image : { ...image, unrecorded };
}

interface BuildWork {
  readonly scratch: string;
  readonly signal: AbortSignal;
}

async function buildImage(
  functionName: string,
  options: ImagesOptions,
  { scratch, signal }: BuildWork,
): Promise<BuiltImage> {
  const { builder, nodeImage, insecure } = options;
  const name = nameImage(options.registry, functionName);
  const reference = `${name}:${options.tag}`;
  const plan = { functionName, reference, nodeImage, insecure };
  const run = async (args: readonly string[]) => {
    const result = await runProgram(builder, args, { cwd: root, signal });
    if (result.code !== 0) throw explainFailure(plan, builder, args[0] ?? "", result);
    return result.output;
  };
  await run(buildArguments(builder, plan));
  const size = await measureImage(builder, plan);
  const image = { functionName, name, reference, isReused: false, size };
  if (!options.push) return { ...image, digest: undefined };
  const digestFile = join(scratch, functionName);
  const output = await run(pushArguments(builder, plan, digestFile));
  const digest =
    builder === "docker" ? parsePushedDigest(output) : (await readFile(digestFile, "utf8")).trim();
  if (digest) return { ...image, digest };
  throw new ImageBuildError(`${functionName}: ${builder} push reported no digest for ${reference}`);
}

function explainFailure(
  { functionName, reference }: Pick<BuildPlan, "functionName" | "reference">,
  builder: BuilderName,
  verb: string,
  { code, output }: ProgramResult,
): ImageBuildError {
  const end = code === undefined ? "was ended" : `failed with exit code ${code}`;
  return new ImageBuildError(
    `${functionName}: ${builder} ${verb} of ${reference} ${end}\n${lastLines(output, 20)}`,
  );
}
