import { formatBytes } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { BuiltImage } from "./build-images.ts";

/** The result for an image in one line, such as `pushed registry.example/shop/adservice:1`. */
export function describeImage({ reference, isReused, digest, unrecorded }: BuiltImage): string {
  if (isReused) return `unchanged ${reference}`;
  const note = unrecorded === undefined ? "" : `, to be built again next time: ${unrecorded}`;
  return `${digest === undefined ? "built" : "pushed"} ${reference}${note}`;
}

/** The images' names by digest, by function. */
export function digestsOf(images: readonly BuiltImage[]): Record<string, string> {
  return Object.fromEntries(
    images.map(({ functionName, name, digest }) => [functionName, `${name}@${digest}`]),
  );
}

/** The images as a table: reference, digest and uncompressed sizes. */
export function formatImages(images: readonly BuiltImage[]): string {
  const rows = images.map(({ reference, digest, size, isReused }) => {
    const unknown = isReused ? "unchanged" : "unknown";
    const sizes = [size?.ownBytes, size?.totalBytes];
    const cells = sizes.map((bytes) => (bytes === undefined ? unknown : formatBytes(bytes)));
    return [reference, digest ?? "not pushed", ...cells];
  });
  return formatTable([["image", "digest", "own layers", "total"], ...rows], [0, 1]).join("\n");
}
