import { formatBytes, formatMs } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { Verdict } from "./check-budget.ts";

/** The checked figures as a table. */
export function formatVerdicts(verdicts: readonly Verdict[]): string[] {
  const count = (state: Verdict["state"]) => verdicts.filter((each) => each.state === state).length;
  const rows = verdicts.map(({ limit, name, measured, state }) => {
    const format = formatterOf(name);
    const bound = limit.min === undefined ? "at most" : "at least";
    const kind = limit.isTarget ? "target: " : "";
    return [
      name,
      measured === null ? "-" : format(measured),
      `${kind}${bound} ${format(limit.min ?? limit.max ?? 0)}`,
      state,
      noteOf(limit, state),
    ];
  });
  return [
    "Budget",
    ...formatTable([["figure", "measured", "budget", "", ""], ...rows], [0, 3, 4]),
    `${count("ok")} ok, ${count("missed")} targets missed, ${count("exceeded")} exceeded, ${count("not measured")} not measured`,
  ];
}

function noteOf({ reference, command }: Verdict["limit"], state: Verdict["state"]): string {
  if (command !== undefined && state === "not measured") return command;
  return reference === undefined ? "" : `against ${reference}`;
}

function formatterOf(name: string): (value: number) => string {
  if (name.endsWith("/bytes")) return formatBytes;
  if (/^(knative|start)\/.*ms$/i.test(name)) return formatMs;
  return (value) => value.toFixed(2);
}
