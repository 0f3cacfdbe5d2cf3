import { orderRules } from "./order-rules.ts";
import type { AlertPlan, RuleGroup } from "./rule-plan.ts";
import { shopRules } from "./shop-rules.ts";
import { sloRules } from "./slo-rules.ts";

/** The groups of all rules, by the file of `prometheus/rules/` that has them. */
export const ruleFiles: Readonly<Record<string, readonly RuleGroup[]>> = {
  "orders.rules.yml": orderRules,
  "shop.rules.yml": shopRules,
  "slo.rules.yml": sloRules,
};

/** A rule file in Prometheus' format. */
export function toRuleFile(groups: readonly RuleGroup[]): object {
  return {
    groups: groups.map(({ rules, ...group }) => ({
      ...group,
      rules: rules.map((rule) => ("alert" in rule ? toAlertingRule(rule) : rule)),
    })),
  };
}

function toAlertingRule({
  alert,
  expr,
  for: pending,
  severity,
  labels,
  summary,
  description,
}: AlertPlan): object {
  return {
    alert,
    expr,
    ...(pending && { for: pending }),
    labels: { severity, ...labels },
    annotations: {
      summary,
      description,
      runbook_url: `docs/runbook.md#${alert.toLowerCase()}`,
    },
  };
}
