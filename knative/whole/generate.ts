import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeWholeService } from "./whole-service.ts";

/** The manifest of the whole shop as one function. */
export const wholeManifest = join(import.meta.dirname, "base", "hipster-shop.yaml");

/** The manifest's text, from the root func.yaml. */
export function writeWholeManifest(): string {
  const head = "# Written from the root func.yaml by npm run generate: change it there.\n";
  return head + stringify(writeWholeService(), { lineWidth: 0, aliasDuplicateObjects: false });
}

if (import.meta.main) writeFileSync(wholeManifest, writeWholeManifest());
