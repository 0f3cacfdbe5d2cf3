import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type TestContext, test } from "node:test";
import type { SourceFile } from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API, type APIOptions } from "typescript/unstable/sync";
import { root, sourceFiles } from "./fixtures/source-files.ts";
import { findUndocumented } from "./fixtures/undocumented.ts";

test("each exported declaration, field and public member has a TSDoc comment", (t) => {
  const find = openProjects(t, ["tsconfig.json", "local/console/page/tsconfig.json"]);
  const missing = sourceFiles()
    .filter((file) => !isTest(file))
    .flatMap((file) => {
      const source = find(file);
      assert.ok(source, `${file} is part of a project`);
      return findUndocumented(source).map((place) => `${file}:${place}`);
    });
  assert.deepEqual(missing, []);
});

const example = `
/** A documented type. */
export interface Thing {
  /** Bytes. */
  readonly bytes: number;
  readonly size: {
    /** Bytes. */
    bytes: number;
    files?: number;
  };
  /** Where it starts and ends. */
  range: { from: number; to: number };
  /** Where it is. */
  place: { x: number; y: number; z: number };
  read(options: {
    seconds: number;
  }): void;
  // Not a TSDoc comment.
  "quoted-name":
    | string
    | undefined;
  /** */
  empty: number;
}
/** A union. */
export type Shape =
  | {
      kind: "circle";
      radius: number;
    }
  | readonly {
      /** mm */
      side: number;
      edge: number;
    }[];
export const limit = 3;
/** A class. */
export class Store {
  #size = 0;
  private age = 0;
  constructor() {}
  get size() { return this.#size + this.age; }
  /** Does it. */
  run() {}
  stop() {}
}
function late() {}
const local = 1;
export { late };
interface Hidden { field: typeof local | Hidden }
export default function () {}
`;

test("missing comments are found in nested types, unions, classes and export lists", (t) => {
  const fs = createVirtualFileSystem({ "/tsconfig.json": "{}", "/example.ts": example });
  const source = openProjects(t, ["/tsconfig.json"], { fs })("/example.ts");
  assert.ok(source);
  assert.deepEqual(
    findUndocumented(source).map((place) => place.replace(/^\d+: /, "")),
    [
      "readonly size: {",
      "files?: number;",
      "x: number; y: number; z: number };",
      "y: number; z: number };",
      "z: number };",
      "read(options: {",
      "seconds: number;",
      '"quoted-name":',
      "empty: number;",
      "radius: number;",
      "edge: number;",
      "export const limit = 3;",
      "get size() { return this.#size + this.age; }",
      "stop() {}",
      "function late() {}",
      "export default function () {}",
    ],
  );
});

/** Returns a function that finds a parsed file of these projects. */
function openProjects(t: TestContext, files: readonly string[], options: APIOptions = {}) {
  const api = new API(options);
  t.after(() => api.close());
  const paths = files.map((file) => resolve(root, file));
  const projects = api.updateSnapshot({ openProjects: paths }).getProjects();
  return (file: string): SourceFile | undefined => {
    for (const { program } of projects) {
      const source = program.getSourceFile(resolve(root, file));
      if (source) return source;
    }
    return undefined;
  };
}

function isTest(file: string): boolean {
  return /^test\/|\/fixtures\/|\.(?:test|suite|fixture)\.ts$/.test(file);
}
