import * as fc from "fast-check";
import { anyFraction, anyText } from "./bytes.ts";

/** One change of a JSON value. */
export interface JsonEdit {
  /** Chooses the place: a fraction of all values in the document, in their order. */
  readonly at: number;
  /** What is done: set the value, delete it, or repeat it in its list. */
  readonly how: "set" | "delete" | "repeat";
  /** The new value. */
  readonly value: unknown;
}

const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: anyText },
  fc.constantFrom(null, true, false, 0, -1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 0.1, [], {}),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
  // As deep as JSON.stringify can write.
  fc.constantFrom(100, 2000).map((depth) => nest(depth)),
);

/** Up to three changes. */
export const anyJsonEdits: fc.Arbitrary<JsonEdit[]> = fc.array(
  fc.record({
    at: anyFraction,
    how: fc.constantFrom("set" as const, "set" as const, "delete" as const, "repeat" as const),
    value: anyValue,
  }),
  { maxLength: 3 },
);

/** A copy of a JSON value after the changes; with `keepsTypes`, new values have the types of the old ones. */
export function applyJsonEdits(
  value: unknown,
  edits: readonly JsonEdit[],
  keepsTypes: boolean = false,
): unknown {
  const root = { value: structuredClone(value) };
  for (const edit of edits) {
    const places: [Record<string, unknown>, string][] = [];
    collect(root, places);
    const [parent, key] = places[Math.floor(edit.at * places.length)] ?? [];
    if (!parent || key === undefined) continue;
    if (edit.how === "delete" && parent !== root) delete parent[key];
    else if (edit.how === "repeat" && Array.isArray(parent))
      parent.push(
        ...Array((JSON.stringify(parent[0]) ?? "").length < 1000 ? 50 : 1).fill(parent[0]),
      );
    else parent[key] = keepsTypes ? convert(edit.value, parent[key]) : edit.value;
  }
  return root.value;
}

// A text of digits is a 64-bit integer in the JSON of protobuf.
function convert(value: unknown, old: unknown): unknown {
  const isStructure = typeof value === "object";
  const number = !isStructure && Number.isFinite(Number(value)) ? Number(value) : 0;
  if (typeof old === "number") return number | 0;
  if (typeof old !== "string") return isStructure ? value : old;
  if (/^-?\d+$/.test(old)) return BigInt.asIntN(64, BigInt(Math.trunc(number))).toString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

function collect(node: unknown, places: [Record<string, unknown>, string][], depth = 0): void {
  if (typeof node !== "object" || node === null || depth > 20) return;
  const parent = node as Record<string, unknown>;
  for (const key of Object.keys(parent)) {
    places.push([parent, key]);
    collect(parent[key], places, depth + 1);
  }
}

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let count = 0; count < depth; count += 1) value = [value];
  return value;
}
