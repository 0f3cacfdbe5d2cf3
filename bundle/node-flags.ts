/**
 * The flags of Node.js for a function, chosen by measurements of boots and of a loaded shop.
 *
 * - A boot fills the default young generation of 1 MB several times, and most of it is kept: with 8 MB it is
 *   not copied. With 16 MB each loaded function needs 10 to 15 MB more, and no less CPU time.
 * - The maximum of the old generation keeps a loaded function within the 256 MiB of its pod: in such a
 *   container Node.js allows a heap of 259 MB, and outside of one 4 GB.
 * - V8's helper threads only compete with the function's own for the CPU of its pod: the collector without
 *   them saves 2 to 10 % of the CPU time of a page.
 *
 * Node.js contains a code cache of its own modules, which V8 accepts only with certain flags. Others, such as
 * `--expose-gc`, `--initial-old-space-size` and `--heap-growing-percent`, make each boot 25 ms longer.
 */
export const nodeFlags = [
  "--min-semi-space-size=8",
  "--max-semi-space-size=8",
  "--max-old-space-size=128",
  "--single-threaded-gc",
] as const;
