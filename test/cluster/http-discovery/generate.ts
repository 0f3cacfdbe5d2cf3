import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** The configuration of a Prometheus that gets its pods from `pod-discovery.ts`. */
export const configFile = join(import.meta.dirname, "prometheus.yml");

const deployedFile = "../../../observability/prometheus/prometheus.yml";

interface ScrapeJob {
  readonly kubernetes_sd_configs?: readonly {
    readonly namespaces: { readonly names?: readonly string[] };
  }[];
}

/** The deployed configuration as YAML, with HTTP discovery in place of Kubernetes' discovery. */
export function writeHttpScrapeConfig(): string {
  const text = readFileSync(join(import.meta.dirname, deployedFile), "utf8");
  const { scrape_configs, ...rest } = parse(text) as { scrape_configs: readonly ScrapeJob[] };
  const head = `# Written from ${deployedFile} by npm run generate.\n`;
  const config = { ...rest, scrape_configs: scrape_configs.map(withHttpDiscovery) };
  return head + stringify(config, { lineWidth: 0, aliasDuplicateObjects: false });
}

function withHttpDiscovery({ kubernetes_sd_configs: discovery, ...job }: ScrapeJob): object {
  const url = "http://localhost:9099/";
  const http_sd_configs = discovery?.map(({ namespaces: { names } }) =>
    names
      ? { url: `${url}?namespaces=${names.join(",")}`, refresh_interval: "10s" }
      : { url, refresh_interval: "2s" },
  );
  return { ...job, ...(http_sd_configs && { http_sd_configs }) };
}

if (import.meta.main) writeFileSync(configFile, writeHttpScrapeConfig());
