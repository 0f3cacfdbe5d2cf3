import type { WriteStream } from "node:tty";
import { formatState, isNewState, type ServiceState } from "./service-state.ts";

/**
 * Shows states as they change: on a terminal one line per function that is written over, elsewhere
 * a line for each change.
 */
export function createProgress(
  output: Pick<WriteStream, "write" | "isTTY">,
): (states: readonly ServiceState[]) => void {
  let shown: readonly ServiceState[] = [];
  return (states) => {
    const width = Math.max(...states.map(({ name }) => name.length));
    const changed = states.filter((state, index) => isNewState(shown[index], state));
    const lines = (output.isTTY ? states : changed).map((state) => formatState(state, width));
    const isRewrite = output.isTTY && shown.length > 0;
    shown = states;
    if (changed.length === 0) return;
    // Up over the lines written before; each is cleared to its end.
    const start = isRewrite ? `\u001b[${states.length}A` : "";
    const end = output.isTTY ? "\u001b[K\n" : "\n";
    output.write(start + lines.map((line) => line + end).join(""));
  };
}
