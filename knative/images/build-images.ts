import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "#runtime/environment.ts";
import { createRegistry, type Registry } from "../registry/registry.ts";
import { type BuildOptions, defaultNodeImage } from "./build-options.ts";
import {
  type BuilderName,
  type BuildPlan,
  buildArguments,
  findBuilder,
  parsePushedDigest,
  pushArguments,
} from "./builder.ts";
import { bundleForImages } from "./bundle-images.ts";
import { ImageBuildError } from "./image-error.ts";
import { nameInputs } from "./image-inputs.ts";
import { checkTag, nameImage, tagOfCheckout } from "./image-name.ts";
import { type ImageSize, measureImage } from "./image-size.ts";
import { type PinnedImage, pinImage, reuseImage } from "./reuse-image.ts";
import { lastLines, runProgram } from "./run-program.ts";

/** The images to build. */
export interface ImagesOptions extends BuildOptions {
  /** The names of the functions, or of the monolith. */
  readonly functions: readonly string[];
  /** Host, port and path of the registry, the first part of the images' names. */
  readonly registry: string;
  /**
   * Whether the images are pushed, which gives them a digest. An image is then built only if the registry
   * has none of the same inputs.
   */
  readonly push: boolean;
  /** Whether the functions are bundled first; true if missing. */
  readonly bundle?: boolean;
  /** Called for each finished image. */
  readonly onImage?: (image: BuiltImage) => void;
}

/** An image that was built or reused. */
export interface BuiltImage {
  /** The function's name. */
  readonly functionName: string;
  /** The image's name without its tag. */
  readonly name: string;
  /** The image's name with its tag. */
  readonly reference: string;
  /** Whether the registry had an image of the same inputs. */
  readonly isReused: boolean;
  /** Why the next build of the same inputs cannot reuse it; undefined if it can. */
  readonly unrecorded?: string;
  /** The registry's `sha256:...`; undefined if the image was not pushed. */
  readonly digest: string | undefined;
  /** Its size; undefined for a reused image, and if the builder does not report it. */
  readonly size: ImageSize | undefined;
}

const root = join(import.meta.dirname, "..", "..");

// Builds mostly copy files, so that more of them at once would wait for the same disk.
const concurrency = 2;

/**
 * Builds the functions' images, and pushes them if requested. Returns them in the functions' order. After
 * the first failure no other build is started, and running builds are stopped.
 *
 * @throws ImageBuildError naming the function, with the builder's last lines
 * @throws ConfigError if the registry or the tag is not valid, no builder works, the base image does not
 *   exist, or the registry has no TLS and `insecure` is not set
 */
export async function buildImages(options: ImagesOptions): Promise<BuiltImage[]> {
  const { registry: prefix, functions, push, insecure = false, bundle = true } = options;
  const { nodeImage = defaultNodeImage } = options;
  nameImage(prefix, "function");
  const tag = options.tag === undefined ? await tagOfCheckout(root) : checkTag(options.tag);
  const builder = await findBuilder(options.builder);
  if (bundle) await bundleForImages(functions);
  const registry = createRegistry({ insecure });
  if (push && !insecure && builder !== "docker" && (await registry.isPlain(`${prefix}/x`))) {
    throw new ConfigError([`the registry ${prefix} has no TLS: give --insecure`]);
  }
  const base = push ? await pinImage(registry, nodeImage) : undefined;
  const scratch = await mkdtemp(join(tmpdir(), "shop-images-"));
  const abort = new AbortController();
  const work = { builder, push, scratch, signal: abort.signal };
  const waiting = [...functions];
  const built = new Map<string, BuiltImage>();
  let failure: unknown;
  const buildNext = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const image = nameImage(prefix, name);
      const plan = { functionName: name, reference: `${image}:${tag}`, nodeImage, insecure };
      const result = base
        ? await reuseOrBuild({ ...plan, tag }, image, work, { registry, base })
        : await buildImage(plan, image, work);
      built.set(name, result);
      options.onImage?.(result);
    }
  };
  const stopOthers = (error: unknown) => {
    // Builds that are stopped for this error fail later.
    failure ??= error;
    waiting.length = 0;
    abort.abort();
  };
  await Promise.all(Array.from({ length: concurrency }, () => buildNext().catch(stopOthers)));
  await rm(scratch, { recursive: true, force: true });
  if (failure !== undefined) throw failure;
  return functions.flatMap((name) => built.get(name) ?? []);
}

interface BuildWork {
  readonly builder: BuilderName;
  readonly push: boolean;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

// A registry that cannot be reached or refuses the second tag is not an error here: the image is built,
// and the builder reports images that it cannot push.
async function reuseOrBuild(
  { tag, ...plan }: BuildPlan & { tag: string },
  name: string,
  work: BuildWork,
  { registry, base }: { registry: Registry; base: PinnedImage },
): Promise<BuiltImage> {
  if ("reason" in base) return { ...(await buildImage(plan, name, work)), unrecorded: base.reason };
  const pinned = { ...plan, nodeImage: base.image };
  const inputs = await nameInputs(pinned, root);
  const digest = await reuseImage(registry, name, { inputs, tag });
  const { functionName, reference } = plan;
  if (digest) return { functionName, name, reference, isReused: true, digest, size: undefined };
  const image = await buildImage(pinned, name, work);
  const unrecorded = await registry.tag(`${name}@${image.digest}`, inputs);
  return unrecorded === undefined ? image : { ...image, unrecorded };
}

async function buildImage(
  plan: BuildPlan,
  name: string,
  { builder, push, scratch, signal }: BuildWork,
): Promise<BuiltImage> {
  const { functionName, reference } = plan;
  const run = async (args: readonly string[]) => {
    const { code, output } = await runProgram(builder, args, { cwd: root, signal });
    if (code === 0) return output;
    const end = code === undefined ? "was stopped" : `failed with exit code ${code}`;
    const what = `${functionName}: ${builder} ${args[0]} of ${reference} ${end}`;
    throw new ImageBuildError(`${what}\n${lastLines(output, 20)}`);
  };
  await run(buildArguments(builder, plan));
  const size = await measureImage(builder, plan);
  const image = { functionName, name, reference, isReused: false, size };
  if (!push) return { ...image, digest: undefined };
  const digestFile = join(scratch, functionName);
  const output = await run(pushArguments(builder, plan, digestFile));
  const digest =
    builder === "docker" ? parsePushedDigest(output) : (await readFile(digestFile, "utf8")).trim();
  if (digest) return { ...image, digest };
  throw new ImageBuildError(`${functionName}: ${builder} push of ${reference} printed no digest`);
}
