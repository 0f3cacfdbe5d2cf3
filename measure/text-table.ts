/** A row of a table, cell by cell, or a line of text that the columns leave as it is. */
export type TableRow = readonly string[] | string;

/**
 * Lines of a table for a terminal. Figures are aligned to the right, text to the left.
 *
 * @param textColumns the columns of text, by index
 */
export function formatTable(
  rows: readonly TableRow[],
  textColumns: readonly number[] | "all" = [0],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    if (typeof row === "string") continue;
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const pad = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    const isText = textColumns === "all" || textColumns.includes(column);
    return isText ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => (typeof row === "string" ? row : row.map(pad).join("  ").trimEnd()));
}
