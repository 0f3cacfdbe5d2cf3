interface Flag {
  readonly name: string;
  readonly value: number;
  /** V8's own value. */
  readonly initial: number;
}

// Without it V8 lets the old generation of so small a heap grow by 30 %, or by a few MB.
const heapGrowth: readonly Flag[] = [{ name: "--heap-growing-percent", value: 150, initial: 0 }];

// V8 compiles a function with its optimizing compilers Maglev and TurboFan after these numbers of calls, or later if it
// is long. Most code of a function of the shop runs once per request: with V8's own numbers the first ten thousand
// requests would be slower.
const compilation: readonly Flag[] = [
  { name: "--invocation-count-for-maglev", value: 100, initial: 400 },
  // 3000 in the list of `--v8-options`, but Maglev implies 10,000.
  { name: "--invocation-count-for-turbofan", value: 400, initial: 10_000 },
  { name: "--minimum-invocations-after-ic-update", value: 100, initial: 500 },
];

/**
 * Lets the old generation of V8's heap grow to two and a half times the size that a full collection has left, within its
 * maximum: a busy function has fewer full collections, and needs more memory.
 */
export function growHeapFaster(): void {
  setFlags(heapGrowth);
}

/** Lets V8 optimize code after fewer calls: a function is fast after hundreds of requests instead of thousands. */
export function optimizeSooner(): void {
  setFlags(compilation);
}

// Called after the first answer: as arguments of Node.js the flags would make V8 reject the code cache of Node's own
// modules. V8 stores its flags in a code cache and compares them, so they are reset before a process writes one.
function setFlags(flags: readonly Flag[]): void {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  for (const { name, value } of flags) setFlagsFromString(`${name}=${value}`);
  process.prependOnceListener("exit", () => {
    for (const { name, initial } of flags) setFlagsFromString(`${name}=${initial}`);
  });
}
