import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeShopRules } from "./shop-rules.ts";
import { writeSloRules } from "./slo-rules.ts";

/** Where the rules are kept. */
export const rulesFolder = join(import.meta.dirname, "rules");

/** The files of rules by their names. */
export function writeRules(): Readonly<Record<string, string>> {
  return { "shop.rules.yml": writeShopRules(), "slo.rules.yml": writeSloRules() };
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(writeRules())) {
    writeFileSync(join(rulesFolder, file), text);
  }
}
