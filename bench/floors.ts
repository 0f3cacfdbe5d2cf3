import { join } from "node:path";
import type { RunningProcess } from "./processes.ts";

/** The smallest program that does the work of a function's first call. */
export interface Floor {
  /** Its name in reports. */
  readonly name: string;
  /** Its program in `peers/`. */
  readonly peer: "chain" | "hono" | "http2" | "store";
  /** The function that it is the floor of; undefined for the floor of all. */
  readonly functionName: string | undefined;
  /** The functions that it calls, stage by stage: those of one stage concurrently. */
  readonly stages: readonly (readonly string[])[];
  /** Its reads and writes of a store; undefined without a store. */
  readonly kept?: Kept;
}

interface Kept {
  /** SQLite statements that read. */
  readonly reads: number;
  /** SQLite statements that write, each in its own transaction. */
  readonly writes: number;
  /** Files that are written. */
  readonly files: number;
}

/** The floors, each with the RPCs that the function makes to answer the measured call. */
export const floors: readonly Floor[] = [
  { name: "bare http2", peer: "http2", functionName: undefined, stages: [] },
  {
    name: "a cart's read alone",
    peer: "store",
    functionName: "cartservice",
    stages: [],
    kept: { reads: 1, writes: 0, files: 0 },
  },
  {
    name: "a mail's writes alone",
    peer: "store",
    functionName: "emailservice",
    stages: [],
    kept: { reads: 1, writes: 2, files: 2 },
  },
  {
    name: "one RPC alone",
    peer: "chain",
    functionName: "recommendationservice",
    stages: [["productcatalogservice"]],
  },
  {
    name: "checkout's RPCs alone",
    peer: "chain",
    functionName: "checkoutservice",
    stages: [
      ["cartservice"],
      ["shippingservice", "productcatalogservice"],
      ["currencyservice"],
      ["paymentservice"],
      ["shippingservice"],
      ["cartservice", "emailservice"],
    ],
  },
  {
    name: "Hono with home's RPCs",
    peer: "hono",
    functionName: "frontend",
    stages: [["productcatalogservice", "currencyservice", "cartservice"]],
  },
];

/** The argument of a floor's program: its folder, reads and writes, or the addresses to call. */
export function floorArgument(
  { name, stages, kept }: Floor,
  running: ReadonlyMap<string, Pick<RunningProcess, "port">>,
  dataDir: string,
): string {
  if (kept) return JSON.stringify({ folder: join(dataDir, name), ...kept });
  return JSON.stringify(
    stages.map((stage) => stage.map((name) => `127.0.0.1:${running.get(name)?.port ?? 0}`)),
  );
}
