const { FAULTS: mode = "short" } = process.env;
if (mode !== "full" && mode !== "short") {
  throw new Error(`FAULTS is ${JSON.stringify(mode)}: expected full or short`);
}

/** Whether the tests of faults run with full counts, as `npm run test:faults` does; short in `npm test`. */
export const isFull: boolean = mode === "full";

/** The count or duration of this run. */
export function countOf<T>({ full, short }: Readonly<Record<"full" | "short", T>>): T {
  return isFull ? full : short;
}
