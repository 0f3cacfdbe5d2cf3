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
  const table = [["image", "digest", "own layers", "total"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  "),
    )
    .join("\n");
}

// In powers of 1000, as registries count.
function formatBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 2 : 0)} MB`;
}
