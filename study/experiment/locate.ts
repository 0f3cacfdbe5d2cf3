import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
} from "yaml";

/** A place in a text, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a value, or the key that it stands under, is written. */
export type Locate = (path: readonly string[], what: "key" | "value") => Place;

/**
 * Finds values of a parsed YAML document in its text. Of a path that leads to nothing the deepest
 * part that is there is found: where something is missing.
 */
export function createLocator(document: Document.Parsed, lines: LineCounter): Locate {
  return (path, what) => {
    let node: unknown = document.contents;
    let key: unknown;
    for (const part of path) {
      const next = step(node, part);
      if (next === undefined) break;
      ({ key, node } = next);
    }
    const found = what === "key" && isNode(key) ? key : isNode(node) ? node : key;
    const offset = (found as Node | undefined)?.range?.[0] ?? 0;
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
}

function step(node: unknown, part: string): { key: unknown; node: unknown } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { key: item, node: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
  return isPair(pair) ? { key: pair.key, node: pair.value } : undefined;
}
