import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { buildDashboards } from "../grafana/generate.ts";
import { listPanels } from "../grafana/list-panels.ts";
import { rulesFolder as folder, writeRules } from "./generate.ts";

const runbook = readFileSync(join(import.meta.dirname, "..", "..", "docs", "runbook.md"), "utf8");
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
const isRequired = process.env.REQUIRE_PROMTOOL === "1";
const skip = hasPromtool || isRequired ? false : "there is no promtool on the PATH";

const files = readdirSync(folder).filter((file) => file.endsWith(".rules.yml"));

interface Rule {
  record?: string;
  alert?: string;
  labels?: { severity?: string };
  annotations?: Record<string, string>;
}

function promtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  return stdout;
}

function readRules(): Rule[] {
  return files.flatMap((file) =>
    (
      parse(readFileSync(join(folder, file), "utf8")) as { groups: { rules: Rule[] }[] }
    ).groups.flatMap(({ rules }) => rules),
  );
}

test("the rules are what the code gives", () => {
  const written = writeRules();
  assert.deepEqual(files.sort(), Object.keys(written).sort());
  for (const [file, text] of Object.entries(written)) {
    assert.equal(readFileSync(join(folder, file), "utf8"), text, `${file}: run npm run generate`);
  }
});

test("every alert has a severity, says what it means, and has its section in the runbook", () => {
  const alerts = readRules().filter(({ alert }) => alert !== undefined);
  assert.ok(alerts.length >= 12);
  for (const { alert = "", labels, annotations } of alerts) {
    assert.match(labels?.severity ?? "", /^(page|ticket)$/, alert);
    assert.ok(annotations?.summary && annotations.description, alert);
    assert.equal(annotations.runbook_url, `docs/runbook.md#${alert.toLowerCase()}`);
    assert.ok(runbook.includes(`\n## ${alert}\n`), `the runbook has no section on ${alert}`);
  }
});

test("what the dashboards take from rules is recorded", () => {
  const recorded = readRules().flatMap(({ record }) => record ?? []);
  const asked = listPanels(buildDashboards()).flatMap(({ queries }) =>
    queries.flatMap(({ expr }) => expr.match(/\b[a-z]+:[a-z_]+:[a-z0-9]+/g) ?? []),
  );
  assert.ok(asked.length >= 5, `${asked.length} queries ask for recorded series`);
  assert.deepEqual(
    asked.filter((name) => !recorded.includes(name)),
    [],
  );
});

describe("promtool", { skip }, () => {
  test("takes the rules", () => {
    assert.match(promtool("check", "rules", ...files), /SUCCESS/);
  });

  test("sees each alert fire, and not fire", () => {
    const tests = readdirSync(join(folder, "tests")).map((file) => join("tests", file));
    assert.match(promtool("test", "rules", ...tests), /SUCCESS/);
  });

  test("takes the configuration that needs no Kubernetes", () => {
    const config = join("..", "http-discovery", "prometheus.yml");
    assert.match(promtool("check", "config", "--syntax-only", config), /SUCCESS/);
  });
});
