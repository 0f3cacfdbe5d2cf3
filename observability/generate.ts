import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { buildDashboard } from "./grafana/build-dashboard.ts";
import { dashboards } from "./grafana/dashboards.ts";
import { ruleFiles, toRuleFile } from "./prometheus/rule-files.ts";
import { fillScrapeConfig } from "./scrape/scrape-config.ts";

/**
 * The files that `npm run generate` writes, by their paths below `observability/`; the scrape
 * configuration in part.
 */
export function writeGenerated() {
  return [
    ...dashboards.map((plan) => ({
      path: `grafana/dashboards/${plan.uid}.json`,
      text: `${JSON.stringify(buildDashboard(plan), null, 2)}\n`,
    })),
    ...Object.entries(ruleFiles).map(([file, groups]) => ({
      path: `prometheus/rules/${file}`,
      text: head + stringify(toRuleFile(groups), { lineWidth: 0 }),
    })),
    {
      path: scrapeConfig,
      text: fillScrapeConfig(readFileSync(join(folder, scrapeConfig), "utf8")),
    },
  ];
}

const folder = import.meta.dirname;
const scrapeConfig = "prometheus/prometheus.yml";
const head = "# Written by npm run generate: change observability/prometheus/*-rules.ts instead.\n";

if (import.meta.main) {
  for (const { path, text } of writeGenerated()) {
    writeFileSync(join(folder, path), text);
  }
}
