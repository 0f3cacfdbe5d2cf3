import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promtool, skipWithoutPromtool } from "../fixtures/promtool.ts";
import { ruleFiles } from "./rule-files.ts";
import type { AlertPlan, RecordingRule } from "./rule-plan.ts";

const folder = join(import.meta.dirname, "rules");
const runbook = readFileSync(join(import.meta.dirname, "..", "..", "docs", "runbook.md"), "utf8");

const rules = Object.values(ruleFiles).flatMap((groups) => groups.flatMap((group) => group.rules));
const isAlert = (rule: RecordingRule | AlertPlan): rule is AlertPlan => "alert" in rule;

test("every alert has a severity, a description, and a section in the runbook", () => {
  const alerts = rules.filter(isAlert);
  assert.ok(alerts.length >= 12);
  for (const { alert, severity, summary, description } of alerts) {
    assert.match(severity, /^(page|ticket)$/, alert);
    assert.ok(summary && description, alert);
    assert.ok(runbook.includes(`\n## ${alert}\n`), `the runbook has no section on ${alert}`);
  }
});

describe("promtool", { skip: skipWithoutPromtool }, () => {
  test("accepts the rules", () => {
    assert.match(promtool(folder, "check", "rules", ...Object.keys(ruleFiles)), /SUCCESS/);
  });

  test("each alert fires for its series and for no others", () => {
    const tests = readdirSync(join(folder, "tests")).map((file) => join("tests", file));
    assert.match(promtool(folder, "test", "rules", ...tests), /SUCCESS/);
  });
});
