import { formatTable } from "#measure/text-table.ts";

/** The faults of a function; on Knative, of one of its revisions. */
export interface FaultRow {
  /** The function. */
  readonly name: string;
  /** The revision, on Knative. */
  readonly revision?: string;
  /** The revision's share of the requests in percent, on Knative. */
  readonly percent?: number;
  /** The rules in the form of SHOP_FAULTS. */
  readonly rules: string;
}

/** Faults as a table with a line for each rule. */
export function formatFaults(rows: readonly FaultRow[]): string {
  const [first] = rows;
  if (first === undefined) return "no function injects faults";
  const isKnative = first.revision !== undefined;
  const lines = rows.flatMap(({ name, revision = "", percent = 0, rules }) =>
    rules
      .split(";")
      .map((rule) => rule.trim())
      .filter((rule) => rule !== "")
      .map((rule) => [name, ...(isKnative ? [revision, `${percent} %`] : []), rule]),
  );
  const head = ["FUNCTION", ...(isKnative ? ["REVISION", "SHARE"] : []), "FAULT"];
  return formatTable([head, ...lines], "all").join("\n");
}
