import type { TestContext } from "node:test";
import { formatTable } from "#measure/text-table.ts";

/** The figures that a test measured for one fault. */
export interface Figures {
  /** The fault, as in the table of docs/reliability.md. */
  readonly fault: string;
  /** What was measured. */
  readonly measured: string;
}

const prefix = "fault: ";

/** Reports what a test measured: as a diagnostic, which the runners collect in one table. */
export function reportFigures(t: TestContext, fault: string, measured: string): void {
  t.diagnostic(`${prefix}${JSON.stringify({ fault, measured })}`);
}

/** The figures in a diagnostic; undefined for any other diagnostic. */
export function readFigures(message: string): Figures | undefined {
  return message.startsWith(prefix) ? JSON.parse(message.slice(prefix.length)) : undefined;
}

/** The figures of a run as a table. */
export function formatFigures(figures: readonly Figures[]): string {
  const rows = figures.map(({ fault, measured }) => [fault, measured]);
  return formatTable([["FAULT", "MEASURED"], ...rows], "all").join("\n");
}
