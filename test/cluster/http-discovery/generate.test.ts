import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { promtool, skipWithoutPromtool } from "#observability/fixtures/promtool.ts";
import { configFile, writeHttpScrapeConfig } from "./generate.ts";

test("the configuration is up to date", () => {
  assert.equal(readFileSync(configFile, "utf8"), writeHttpScrapeConfig(), "run npm run generate");
});

test("finds pods only by HTTP", () => {
  const { scrape_configs: jobs } = parse(writeHttpScrapeConfig()) as { scrape_configs: object[] };
  assert.equal(jobs.filter((job) => "http_sd_configs" in job).length, 3);
  assert.ok(jobs.every((job) => !("kubernetes_sd_configs" in job)));
});

test("promtool accepts the configuration", { skip: skipWithoutPromtool }, () => {
  const args = ["check", "config", "--syntax-only", "prometheus.yml"];
  assert.match(promtool(import.meta.dirname, ...args), /SUCCESS/);
});
