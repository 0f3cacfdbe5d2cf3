import * as fc from "fast-check";

/**
 * A position as a fraction of a length: 0 or more, and less than 1, all with the same probability. (fc.double
 * mostly generates numbers very close to 0.)
 */
export const anyFraction: fc.Arbitrary<number> = fc
  .noBias(fc.nat(99_999))
  .map((number) => number / 100_000);

/** One change of a text or of bytes. Positions are fractions, so that they fit any length. */
export interface Edit {
  /** Where it starts: 0 for the first byte. */
  readonly at: number;
  /** How many bytes are removed there. */
  readonly remove: number;
  /** The bytes that are inserted, one character for each. */
  readonly insert: string;
}

/** A text with one character for each byte. */
export function anyBytes(maxLength: number): fc.Arbitrary<string> {
  return fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString("latin1"));
}

/** Up to four changes. */
export const anyEdits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    at: anyFraction,
    remove: fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, fc.nat(400)),
    insert: fc.oneof(anyBytes(6), fc.constantFrom("\r\n", "\0", "\xff", "%", "é", "\u0080\u0080")),
  }),
  { maxLength: 4 },
);

/** The text after the changes. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits.reduce((edited, { at, remove, insert }) => {
    const start = Math.floor(at * (edited.length + 1));
    return edited.slice(0, start) + insert + edited.slice(start + remove);
  }, text);
}

/** Strings that often break parsers, and random ones. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 24 }),
  fc.string({ maxLength: 24 }),
  fc.constantFrom(
    ...["", " ", "\0", "\ud800", "😀", "__proto__", "constructor", "-1", "0", "1e999", "NaN"],
    ...["9".repeat(40), "x".repeat(5000), "<script>", "../../etc/passwd", "%00", "%", "'"],
  ),
);
