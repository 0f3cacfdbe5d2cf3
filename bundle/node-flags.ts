/**
 * The flags of Node.js for a function, chosen by measurements of boots and of a loaded shop.
 *
 * - A boot fills the default young generation of 1 MB several times, and most of it is kept: with 8 MB it is
 *   not copied. With 16 MB each loaded function needs 10 to 15 MB more, and no less CPU time.
 * - V8's collector keeps its helper threads: without them (`--single-threaded-gc`) garbage lives until the function's
 *   own thread has marked the heap in steps, and a loaded storefront needs 186 instead of 138 MB, for the same CPU time.
 *
 * Node.js contains a code cache of its own modules, which V8 accepts only with certain flags. Others, such as
 * `--expose-gc`, `--initial-old-space-size` and `--heap-growing-percent`, make each boot 25 ms longer. The last one is
 * set after the first answer instead (`runtime/engine-flags.ts`).
 */
const sharedFlags = ["--min-semi-space-size=8", "--max-semi-space-size=8"] as const;

/**
 * The old generation's part of a function's memory, in percent. Node.js alone allows a heap that is larger than a
 * container of 256 MiB, and outside of one 4 GB.
 */
const heapPercent = 50;

/** The flags of a function in a container, whose limit Node.js reads. */
export const nodeFlags = [
  ...sharedFlags,
  `--max-old-space-size-percentage=${heapPercent}`,
] as const;

/**
 * The flags of a function that is a process without a container, for the memory that its pod would have.
 *
 * @param memory Kubernetes' quantity of memory, such as `256Mi`
 */
export function nodeFlagsWithin(memory: string): readonly string[] {
  const [, number = "", unit = ""] = /^(\d+)(\w*)$/.exec(memory) ?? [];
  const heapBytes = (Number(number) * (bytesOf[unit] ?? 1) * heapPercent) / 100;
  return [...sharedFlags, `--max-old-space-size=${Math.floor(heapBytes / 1024 ** 2)}`];
}

const bytesOf: Readonly<Record<string, number>> = {
  K: 1000,
  M: 1000 ** 2,
  G: 1000 ** 3,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};
