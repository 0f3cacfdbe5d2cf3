import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { writeSloRules } from "./slo-rules.ts";

const folder = join(import.meta.dirname, "rules");
const runbook = readFileSync(join(import.meta.dirname, "..", "..", "docs", "runbook.md"), "utf8");
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
const isRequired = process.env.REQUIRE_PROMTOOL === "1";
const skip = hasPromtool || isRequired ? false : "there is no promtool on the PATH";

const files = readdirSync(folder).filter((file) => file.endsWith(".rules.yml"));

interface Rule {
  alert?: string;
  labels?: { severity?: string };
  annotations?: Record<string, string>;
}

function promtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  return stdout;
}

test("the objectives' rules are what the code gives", () => {
  assert.equal(readFileSync(join(folder, "slo.rules.yml"), "utf8"), writeSloRules());
});

test("every alert has a severity, says what it means, and has its section in the runbook", () => {
  const rules = files.flatMap((file) =>
    (
      parse(readFileSync(join(folder, file), "utf8")) as { groups: { rules: Rule[] }[] }
    ).groups.flatMap(({ rules }) => rules),
  );
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  assert.ok(alerts.length >= 12);
  for (const { alert = "", labels, annotations } of alerts) {
    assert.match(labels?.severity ?? "", /^(page|ticket)$/, alert);
    assert.ok(annotations?.summary && annotations.description, alert);
    assert.equal(annotations.runbook_url, `docs/runbook.md#${alert.toLowerCase()}`);
    assert.ok(runbook.includes(`\n## ${alert}\n`), `the runbook has no section on ${alert}`);
  }
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
