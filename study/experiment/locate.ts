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

/** Finds the place of a value, or of its key: line and column, from 1. */
export type Locate = ReturnType<typeof createLocator>;

/**
 * Finds values of a parsed YAML document in its text. If a path does not exist, for example because a
 * value is missing, the deepest existing part of the path is found.
 */
export function createLocator(document: Document.Parsed, lines: LineCounter) {
  return (path: readonly string[], what: "key" | "value") => {
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
