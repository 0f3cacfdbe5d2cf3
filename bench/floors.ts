import { join } from "node:path";
import type { RunningProcess } from "./processes.ts";

/** The smallest program that does the work of a function's first call. */
export interface Floor {
  /** Its name in reports. */
  readonly name: string;
  /** Its program in `peers/`. */
  readonly peer: "chain" | "checkout" | "echo" | "hono" | "http2" | "store";
  /** The function that it is the floor of; undefined for the floor of all. */
  readonly functionName: string | undefined;
  /** The functions that it calls, stage by stage: those of one stage concurrently. */
  readonly stages: readonly (readonly string[])[];
  /** Its reads and writes of a store; undefined without a store. */
  readonly work?: StoreWork;
}

/** What one call reads and writes. */
export interface StoreWork {
  /** SQLite statements that read, outside of a transaction. */
  readonly reads: number;
  /** Transactions with their numbers of statements: the first one before the files, the others after them. */
  readonly transactions: readonly {
    /** Statements that delete what has expired. */
    readonly deletes: number;
    /** Statements that read a row. */
    readonly reads: number;
    /** Statements that write a row. */
    readonly writes: number;
  }[];
  /** Sizes of the files that are written and renamed, in bytes. */
  readonly fileBytes: readonly number[];
}

/** What a floor's program receives as its argument, as JSON. */
export interface FloorArgument {
  /** The addresses that it calls, stage by stage. */
  readonly stages: readonly (readonly string[])[];
  /** Its reads and writes, and the folder of its files; undefined without a store. */
  readonly store?: StoreWork & { readonly folder: string };
}

/** A mail: reserved, written in two forms, recorded as sent. */
const mailWork: StoreWork = {
  reads: 0,
  transactions: [
    { deletes: 1, reads: 1, writes: 1 },
    { deletes: 0, reads: 0, writes: 1 },
  ],
  fileBytes: [600, 4200],
};

/** The floors of the rates of functions that write: the call, and its reads and writes. */
export const writeFloors: ReadonlyMap<
  string,
  { readonly method: string; readonly work: StoreWork }
> = new Map([
  [
    "cartservice",
    {
      method: "CartService/AddItem",
      work: {
        reads: 0,
        transactions: [{ deletes: 0, reads: 1, writes: 1 }],
        fileBytes: [],
      },
    },
  ],
  ["emailservice", { method: "EmailService/SendOrderConfirmation", work: mailWork }],
]);

/** The journal of an order until its answer: created, charged, shipped. */
const journalWork: StoreWork = {
  reads: 0,
  transactions: [
    { deletes: 1, reads: 1, writes: 1 },
    { deletes: 0, reads: 1, writes: 1 },
    { deletes: 0, reads: 1, writes: 1 },
  ],
  fileBytes: [],
};

/** A charge: looked up, and recorded unless another call has recorded it meanwhile. */
const chargeWork: StoreWork = {
  reads: 1,
  transactions: [{ deletes: 1, reads: 1, writes: 1 }],
  fileBytes: [],
};

/**
 * A second floor for the rates of functions that are compared with the bare echo server: it runs with the flags of
 * functions, whose heap fits a pod, and does the same writes, if there are any.
 */
export function closerFloorOf(functionName: string): Floor {
  if (functionName === "paymentservice") {
    return {
      ...{ name: "echo with the flags and writes", peer: "store", functionName, stages: [] },
      work: chargeWork,
    };
  }
  return { name: "echo with the flags", peer: "echo", functionName, stages: [] };
}

/** The floors, each with the RPCs that the function makes to answer the measured call. */
export const floors: readonly Floor[] = [
  { name: "bare http2", peer: "http2", functionName: undefined, stages: [] },
  {
    name: "a cart's read alone",
    peer: "store",
    functionName: "cartservice",
    stages: [],
    work: { reads: 1, transactions: [], fileBytes: [] },
  },
  {
    name: "a mail's writes alone",
    peer: "store",
    functionName: "emailservice",
    stages: [],
    work: mailWork,
  },
  {
    name: "one RPC alone",
    peer: "chain",
    functionName: "recommendationservice",
    stages: [["productcatalogservice"]],
  },
  {
    name: "an order's RPCs and journal alone",
    peer: "checkout",
    functionName: "checkoutservice",
    stages: [
      ["cartservice"],
      ["shippingservice", "productcatalogservice"],
      ["currencyservice"],
      ["paymentservice"],
      ["shippingservice"],
      ["cartservice"],
    ],
    work: journalWork,
  },
  {
    name: "Hono with home's RPCs",
    peer: "hono",
    functionName: "frontend",
    stages: [["productcatalogservice", "currencyservice", "cartservice"]],
  },
];

/** The argument of a floor's program, whose files are in `dataDir`. */
export function floorArgument(
  { name, stages, work }: Floor,
  running: ReadonlyMap<string, Pick<RunningProcess, "port">>,
  dataDir: string,
): string {
  const argument: FloorArgument = {
    stages: stages.map((stage) => stage.map((each) => `127.0.0.1:${running.get(each)?.port ?? 0}`)),
    ...(work && { store: { folder: join(dataDir, name), ...work } }),
  };
  return JSON.stringify(argument);
}
