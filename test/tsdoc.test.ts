import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, sourceFiles } from "./fixtures/source-files.ts";

test("each exported declaration and each field of an exported type has a TSDoc comment", () => {
  const missing = sourceFiles()
    .filter((file) => !isTest(file))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), "utf8").split("\n");
      return findUndocumented(lines).map((index) => `${file}:${index + 1} ${lines[index]?.trim()}`);
    });
  assert.deepEqual(missing, []);
});

test("a field without a comment is found, in a nested type too", () => {
  const found = findUndocumented([
    "/** A thing. */",
    "export interface Thing {",
    "  /** Its name. */",
    "  readonly name: string;",
    "  readonly size: {",
    "    /** Bytes. */",
    "    readonly bytes: number;",
    "    readonly files?: number;",
    "  };",
    "  read(options: {",
    "    /** Seconds. */",
    "    readonly bound: number;",
    "  }): void;",
    "}",
    "export const limit = 3;",
  ]);
  assert.deepEqual(found, [4, 7, 9, 14]);
});

const exported =
  /^export (?:default )?(?:abstract |async |declare )*(?:function\*?|class|interface|type|const|let) /;
const openType = /^export (?:interface .*|type [^=]*= (?:.* )?)\{$|^export type [^=]*=$/;
const member = /^ +(?:readonly )?(?:"[^"]+"|\w+|\[\w+: \w+\])\??(?:\(|<|: )/;

// Biome formats every file, so a declaration starts at the first column and ends with a line that
// starts with a closing bracket; a member is a line of its own.
function findUndocumented(lines: readonly string[]): number[] {
  const found: number[] = [];
  let isInType = false;
  for (const [index, line] of lines.entries()) {
    const isMember = isInType && member.test(line) && !/^ +(?:readonly )?kind: "/.test(line);
    if ((exported.test(line) || isMember) && !isDocumented(lines, index)) found.push(index);
    if (openType.test(line)) isInType = true;
    else if (/^\S/.test(line) && !line.startsWith("//")) isInType = false;
  }
  return found;
}

function isDocumented(lines: readonly string[], index: number): boolean {
  return /\*\/$/.test(lines[index - 1] ?? "");
}

function isTest(file: string): boolean {
  return /^test\/|\/fixtures\/|\.(?:test|suite|fixture)\.ts$/.test(file);
}
