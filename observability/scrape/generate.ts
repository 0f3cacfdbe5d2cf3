import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeScrapeConfig } from "./scrape-config.ts";

const folder = join(import.meta.dirname, "..", "prometheus");

/** Prometheus' configurations by the file that each is kept in. */
export function writeScrapeConfigs(): Readonly<Record<string, string>> {
  return {
    [join(folder, "prometheus.yml")]: writeScrapeConfig("kubernetes"),
    [join(folder, "http-discovery", "prometheus.yml")]: writeScrapeConfig("http"),
  };
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(writeScrapeConfigs())) writeFileSync(file, text);
}
