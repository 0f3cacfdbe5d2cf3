import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { functionsFolder } from "#manifest/manifest.ts";
import { findPrograms } from "../../bundle/bundle-functions.ts";

/** The program of a function that a test changes, as a deployment does. */
export interface ChangedProgram {
  /** Its path, for the option `programs` of a shop. */
  readonly path: string;
  /** Replaces it: it runs the statements first, and then the function. */
  readonly change: (statements: string) => void;
}

/** Creates a program that runs statements before a function; it is deleted after the test. */
export function createProgram(t: TestContext, name: string, statements = ""): ChangedProgram {
  const [program] = findPrograms([join(functionsFolder, name)]);
  if (!program) throw new Error(`${name} has no program`);
  const folder = mkdtempSync(join(tmpdir(), "changed-program-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, `${name}.mjs`);
  const change = (code: string) =>
    writeFileSync(path, `${code}\nawait import(${JSON.stringify(pathToFileURL(program.path))});\n`);
  change(statements);
  return { path, change };
}
