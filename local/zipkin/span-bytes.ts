import type { ZipkinSpan } from "#traces/zipkin.ts";

// What V8 needs at most for a span in its maps, for an object or a list, and for one of their entries.
const spanBytes = 300;
const objectBytes = 40;
const entryBytes = 40;

/** How many bytes a span that `parseSpans` has read needs in memory at most; a typical one needs half of it. */
export function countBytes(span: ZipkinSpan): number {
  return spanBytes + bytesOf(span);
}

function bytesOf(value: unknown): number {
  if (typeof value === "string") return 2 * value.length;
  if (typeof value !== "object" || value === null) return 0;
  let bytes = objectBytes;
  for (const key in value) {
    bytes += entryBytes + 2 * key.length + bytesOf((value as Record<string, unknown>)[key]);
  }
  return bytes;
}
