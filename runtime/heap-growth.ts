/**
 * Lets V8 mark the old generation at once in a full collection, instead of in steps between which the function runs.
 * With `--single-threaded-gc` most is marked at the end anyway, and until then nothing that becomes garbage is freed: a
 * busy storefront makes half as many full collections and needs 10 to 15 MB less, for up to 8 % more of its CPU time.
 *
 * Called after the first answer: as an argument of Node.js the flag would make V8 reject the code cache of Node's own
 * modules. V8 stores its flags in a code cache and compares them, so the flag is reset before a process writes one.
 */
export function markAtOnce(): void {
  setUntilExit("--no-incremental-marking", "--incremental-marking");
}

/**
 * Lets the old generation of V8's heap grow to three times the size that a full collection has left, within its
 * maximum. Without it V8 lets so small a heap grow by 30 %, or by a few MB. For a busy function this halves the number
 * of full collections, at the cost of about 30 MB. Called after the first answer, as `markAtOnce`.
 */
export function growHeapFaster(): void {
  setUntilExit("--heap-growing-percent=200", "--heap-growing-percent=0");
}

function setUntilExit(flag: string, reset: string): void {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString(flag);
  process.prependOnceListener("exit", () => setFlagsFromString(reset));
}
