import type { FloorArgument } from "../floors.ts";

const noWork = { folder: "", reads: 0, transactions: [], fileBytes: [] };

/** The argument of this program: the addresses to call, and the reads and writes. */
export function readFloorArgument(): Required<FloorArgument> {
  return { stages: [], store: noWork, ...JSON.parse(process.argv[2] ?? "{}") };
}
