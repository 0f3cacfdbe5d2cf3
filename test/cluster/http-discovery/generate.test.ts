import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { promtool, skipWithoutPromtool } from "#observability/fixtures/promtool.ts";
import { kubernetesDiscovery, writeScrapeConfig } from "#observability/scrape/scrape-config.ts";
import { configFile, writeHttpScrapeConfig } from "./generate.ts";

test("the configuration is up to date", () => {
  assert.equal(readFileSync(configFile, "utf8"), writeHttpScrapeConfig(), "run npm run generate");
});

test("differs from the deployed configuration only in how pods are found", () => {
  const [http, kubernetes] = [writeHttpScrapeConfig(), writeScrapeConfig(kubernetesDiscovery)].map(
    (text) => {
      const { scrape_configs: jobs, ...rest } = parse(text) as { scrape_configs: object[] };
      const discovery = { http_sd_configs: undefined, kubernetes_sd_configs: undefined };
      return { ...rest, jobs: jobs.map((job) => ({ ...job, ...discovery })) };
    },
  );
  assert.equal(http?.jobs.length, 4);
  assert.deepEqual(http, kubernetes);
});

test("promtool accepts the configuration", { skip: skipWithoutPromtool }, () => {
  const args = ["check", "config", "--syntax-only", "prometheus.yml"];
  assert.match(promtool(import.meta.dirname, ...args), /SUCCESS/);
});
