import type { RunningProcess } from "./processes.ts";

/** The smallest program that does what the first call of a function needs. */
export interface Floor {
  /** What the report calls it. */
  readonly name: string;
  readonly peer: "chain" | "hono" | "http2";
  /** The function that it is the floor of; undefined for that of all. */
  readonly functionName: string | undefined;
  /** Callees by name, stage by stage. */
  readonly stages: readonly (readonly string[])[];
}

/** The floors, each with the RPCs that the function makes for the first call that is measured. */
export const floors: readonly Floor[] = [
  { name: "bare http2", peer: "http2", functionName: undefined, stages: [] },
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

/** The argument of a floor's program: the addresses of its callees. */
export function stagesArgument(
  { stages }: Floor,
  running: ReadonlyMap<string, Pick<RunningProcess, "port">>,
): string {
  return JSON.stringify(
    stages.map((stage) => stage.map((name) => `127.0.0.1:${running.get(name)?.port ?? 0}`)),
  );
}
