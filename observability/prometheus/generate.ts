import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { writeShopRules } from "./shop-rules.ts";
import { writeSloRules } from "./slo-rules.ts";

/** Where the rules are kept. */
export const rulesFolder = join(import.meta.dirname, "rules");

/** The files of rules by their names. */
export function writeRules(): Readonly<Record<string, string>> {
  return { "shop.rules.yml": writeShopRules(), "slo.rules.yml": writeSloRules() };
}

/** The PromQL of all rules. */
export function listRuleExpressions(): string[] {
  return Object.values(writeRules()).flatMap((text) => {
    const { groups } = parse(text) as { groups: { rules: { expr: string }[] }[] };
    return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  });
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(writeRules())) {
    writeFileSync(join(rulesFolder, file), text);
  }
}
