import type { WriteStream } from "node:tty";

/**
 * Shows a text as it changes, after a head: on a terminal in one line that is written over, elsewhere in
 * a line for each change.
 */
export function createStatusLine(
  output: Pick<WriteStream, "write" | "isTTY">,
  head: string,
): (text: string) => void {
  let shown: string | undefined;
  return (text) => {
    if (text === shown) return;
    // Up over the line written before; it is cleared to its end.
    const start = output.isTTY && shown !== undefined ? "\u001b[A" : "";
    shown = text;
    output.write(`${start}${head}${text}${output.isTTY ? "\u001b[K" : ""}\n`);
  };
}
