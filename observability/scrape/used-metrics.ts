import { parser } from "@prometheus-io/lezer-promql";
import { dashboardPanels, variableSelectors } from "../grafana/dashboards.ts";
import { callGraphQueries } from "../prometheus/call-graph-queries.ts";
import { ruleFiles } from "../prometheus/rule-files.ts";

/**
 * The metrics that the dashboards, the rules and `shop graph --prometheus` read, including recorded
 * series.
 */
export function listUsedMetrics() {
  const queries = [
    ...dashboardPanels.flatMap((panel) => Object.values(panel.queries)),
    ...variableSelectors,
    ...Object.values(ruleFiles).flatMap((groups) =>
      groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ),
    ...Object.values(callGraphQueries("5m")),
  ];
  return queries.flatMap(parseSelectors);
}

/**
 * The selectors of a PromQL query, with `_bucket`, `_sum` or `_count` in the metric's name.
 *
 * @throws Error if the query is not PromQL, or a selector has no metric name: it would read every metric
 */
export function parseSelectors(promql: string) {
  // Grafana replaces this variable, which the parser does not accept as a duration.
  const query = promql.replaceAll("$__interval", "1m");
  const used: { name: string; matchers: JobMatcher[] }[] = [];
  parser.parse(query).iterate({
    enter: ({ type, node, from, to }) => {
      const text = query.slice(from, to);
      if (type.isError) throw new Error(`not PromQL at ${from}: ${promql}`);
      if (type.name === "VectorSelector") {
        const name = node.getChild("Identifier");
        if (!name) throw new Error(`a selector has no metric name: ${promql}`);
        used.push({ name: query.slice(name.from, name.to), matchers: [] });
      }
      if (type.name === "UnquotedLabelMatcher") {
        const [, operator = "", value = ""] = /^job\s*([!=~]+)\s*"(.*)"$/.exec(text) ?? [];
        if (operator !== "") used.at(-1)?.matchers.push({ operator, value });
      }
    },
  });
  return used.map(({ name, matchers }) => ({
    name,
    /** Whether its `job` matchers match a scrape job; without matchers every job does. */
    takesJob: (job: string) => matchers.every((matcher) => matches(matcher, job)),
  }));
}

interface JobMatcher {
  readonly operator: string;
  readonly value: string;
}

function matches({ operator, value }: JobMatcher, job: string): boolean {
  const isEqual = operator.includes("~") ? new RegExp(`^(?:${value})$`).test(job) : job === value;
  return isEqual !== operator.startsWith("!");
}
