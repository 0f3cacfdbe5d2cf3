import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PodDiscovery, writeScrapeConfig } from "#observability/scrape/scrape-config.ts";

/** The configuration of a Prometheus that gets its pods from `pod-discovery.ts`. */
export const configFile = join(import.meta.dirname, "prometheus.yml");

const httpDiscovery: PodDiscovery = (namespace) => {
  const url = "http://localhost:9099/";
  return {
    http_sd_configs: [
      namespace === undefined
        ? { url, refresh_interval: "2s" }
        : { url: `${url}?namespaces=${namespace}`, refresh_interval: "10s" },
    ],
  };
};

/** The configuration as YAML; it differs from the deployed one only in how pods are found. */
export function writeHttpScrapeConfig(): string {
  return writeScrapeConfig(httpDiscovery);
}

if (import.meta.main) writeFileSync(configFile, writeHttpScrapeConfig());
