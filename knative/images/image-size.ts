import type { BuilderName, BuildPlan } from "./builder.ts";
import { runProgram } from "./run-program.ts";

/** The uncompressed size of an image. */
export interface ImageSize {
  /** The bytes of the function's own layers. */
  ownBytes: number;
  /** The bytes of all layers, the base's included. */
  totalBytes: number;
}

/** Measures a built image; undefined if the builder does not report sizes. */
export async function measureImage(
  builder: BuilderName,
  { reference, nodeImage }: Pick<BuildPlan, "reference" | "nodeImage">,
): Promise<ImageSize | undefined> {
  if (builder === "buildah") {
    const [image, base] = await Promise.all([layersOf(reference), layersOf(nodeImage)]);
    return image && base ? sumLayers(image, base) : undefined;
  }
  const format = "{{.Size}}\t{{.CreatedBy}}";
  const args = ["history", "--no-trunc", "--human=false", "--format", format, reference];
  const { code, stdout } = await runProgram(builder, args);
  return code === 0 ? parseHistory(stdout) : undefined;
}

/** Sums an image's layers; the first ones belong to its base. */
export function sumLayers(image: readonly number[], base: readonly number[]): ImageSize {
  return { ownBytes: sum(image.slice(base.length)), totalBytes: sum(image) };
}

/**
 * Parses the output of `docker history` or `podman history`: a line per instruction, the newest first,
 * with the bytes that it added, a tab, and the instruction. The function's own instructions start at the
 * Containerfile's last WORKDIR.
 */
export function parseHistory(text: string): ImageSize | undefined {
  const lines = text.split("\n").filter((line) => line !== "");
  const sizes = lines.map((line) => Number(line.split("\t", 1)[0]));
  const first = lines.findIndex((line) => /\bWORKDIR \/app\b/.test(line));
  if (first < 0 || sizes.some(Number.isNaN)) return undefined;
  return { ownBytes: sum(sizes.slice(0, first + 1)), totalBytes: sum(sizes) };
}

/** Parses the layers' sizes, in bytes, in the output of `buildah inspect --type image`. */
export function parseManifestLayers(inspection: string): number[] {
  const { Manifest } = JSON.parse(inspection) as { Manifest: string };
  const { layers } = JSON.parse(Manifest) as { layers: readonly { size: number }[] };
  return layers.map(({ size }) => size);
}

async function layersOf(image: string): Promise<number[] | undefined> {
  const { code, stdout } = await runProgram("buildah", ["inspect", "--type", "image", image]);
  return code === 0 ? parseManifestLayers(stdout) : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
