import { formatBytes } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { BuiltImage } from "./build-images.ts";

/** What was done about an image, such as `pushed registry.example/shop/adservice:1`. */
export function describeImage({ reference, isReused, digest, unrecorded }: BuiltImage): string {
  if (isReused) return `unchanged ${reference}`;
  const note = unrecorded === undefined ? "" : `, to be built again next time: ${unrecorded}`;
  return `${digest === undefined ? "built" : "pushed"} ${reference}${note}`;
}

/** The images as a table: what each is named, its digest and its sizes, not compressed. */
export function formatImages(images: readonly BuiltImage[]): string {
  const rows = images.map(({ reference, digest, size, isReused }) => {
    const unknown = isReused ? "unchanged" : "unknown";
    return [
      reference,
      digest ?? "not pushed",
      size ? formatBytes(size.ownBytes) : unknown,
      size ? formatBytes(size.totalBytes) : unknown,
    ];
  });
  const head = ["image", "digest", "own layers", "total"];
  return formatTable([head, ...rows], [0, 1]).join("\n");
}
