import { parse } from "csv-parse/sync";

/** A CSV file of arrival times is invalid; the message names the line. */
export class ArrivalsError extends Error {
  override readonly name = "ArrivalsError";
}

/**
 * Reads arrival times: a CSV file with a column `at_ms`, ascending and not negative. Other columns
 * are ignored.
 *
 * @throws ArrivalsError naming the first invalid line
 */
export function readArrivals(text: string): number[] {
  const rows = parseRows(text);
  let lastMs = 0;
  return rows.map(({ record, info }) => {
    const value = record.at_ms;
    if (value === undefined) throw new ArrivalsError("line 1: expected a column at_ms");
    const atMs = /^\d{1,12}(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
    if (!(atMs >= lastMs)) {
      const rule = `expected milliseconds, at least ${lastMs} as on the line before`;
      throw new ArrivalsError(`line ${info.lines}: at_ms is ${JSON.stringify(value)}: ${rule}`);
    }
    lastMs = atMs;
    return atMs;
  });
}

interface Row {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

function parseRows(text: string): Row[] {
  let rows: Row[];
  try {
    rows = parse(text, {
      columns: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      comment: "#",
    });
  } catch (error) {
    throw new ArrivalsError(error instanceof Error ? error.message : String(error));
  }
  if (rows.length === 0) throw new ArrivalsError("the file has no arrivals");
  return rows;
}
