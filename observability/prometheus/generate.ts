import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSloRules } from "./slo-rules.ts";

// Writes rules/slo.rules.yml anew.
writeFileSync(join(import.meta.dirname, "rules", "slo.rules.yml"), writeSloRules());
