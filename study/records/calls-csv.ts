import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { CallRow, FunctionState } from "./call-row.ts";
import { type Phase, phases, phaseTimes } from "./phases.ts";

/** The header of `calls.csv`. */
export function writeHeader(): string {
  return stringify([Object.keys(columns)]);
}

/** One line of `calls.csv`. */
export function writeCallRow(row: CallRow): string {
  return stringify([Object.values(columns).map((write) => String(write(row)))]);
}

/** The rows of `calls.csv`, without a last line that is incomplete. */
export function readCallRows(text: string): CallRow[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const records: Record<string, string>[] = parse(whole, { columns: true });
  return records.map(readRecord);
}

const columns: Readonly<Record<string, (row: CallRow) => string | number | boolean>> = {
  sample: ({ sample }) => sample,
  condition: ({ condition }) => condition,
  repetition: ({ repetition }) => repetition,
  call: ({ call }) => call,
  step: ({ step }) => step,
  intended_at_ms: ({ intendedAtMs }) => intendedAtMs.toFixed(3),
  sent_at_ms: ({ sentAtMs }) => sentAtMs.toFixed(3),
  latency_ms: ({ latencyMs }) => latencyMs.toFixed(3),
  status: ({ status }) => status,
  ok: ({ isOk }) => isOk,
  cold: ({ isCold }) => isCold,
  functions: ({ functions }) => writeFunctions(functions),
  trace_id: ({ traceId }) => traceId,
  clock_skew_ms: ({ clockSkewMs }) => clockSkewMs?.toFixed(3) ?? "",
  ...Object.fromEntries(
    phases.map((phase) => [
      columnOf(phase),
      (row: CallRow) => (row.phases ? (row.phases[phase] ?? 0).toFixed(3) : ""),
    ]),
  ),
};

function readRecord(record: Readonly<Record<string, string>>): CallRow {
  const text = (column: string) => record[column] ?? "";
  const number = (column: string) => Number(text(column));
  return {
    sample: number("sample"),
    condition: text("condition"),
    repetition: number("repetition"),
    call: number("call"),
    step: text("step"),
    intendedAtMs: number("intended_at_ms"),
    sentAtMs: number("sent_at_ms"),
    latencyMs: number("latency_ms"),
    status: text("status"),
    isOk: text("ok") === "true",
    isCold: text("cold") === "true",
    functions: readFunctions(text("functions")),
    traceId: text("trace_id"),
    clockSkewMs: text("clock_skew_ms") === "" ? null : number("clock_skew_ms"),
    phases:
      text(columnOf(phases[0])) === "" ? null : phaseTimes((phase) => number(columnOf(phase))),
  };
}

// `kubelet_status_delay_ms`
function columnOf(phase: Phase): string {
  return `${phase.replaceAll(" ", "_")}_ms`;
}

// `frontend=cold;cartservice=warm`
function writeFunctions(functions: CallRow["functions"]): string {
  return Object.entries(functions)
    .map(([name, state]) => `${name}=${state}`)
    .join(";");
}

function readFunctions(text: string): Record<string, FunctionState> {
  const entries = text.split(";").filter((entry) => entry !== "");
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = "", state = ""] = entry.split("=");
      return [name, state === "cold" ? "cold" : "warm"];
    }),
  );
}
