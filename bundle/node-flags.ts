/**
 * The flags of Node.js for a function. A boot allocates about 20 MB and keeps most of it; with the default
 * young generation of 1 MB it is copied several times. With 16 MB a function is ready about 10 % sooner, and
 * an idle function uses no more memory.
 *
 * The maxima keep a loaded function within the 256 MiB of its pod: in such a container Node.js allows a heap of
 * 259 MB, and outside of one 4 GB. Young generation (three semi-spaces), old generation, code and buffers are
 * then at most about 240 MB. Under ten times the load that the shop can answer, the storefront needs 150 MB
 * instead of 320, and answers as many pages.
 */
export const nodeFlags = [
  "--min-semi-space-size=16",
  "--max-semi-space-size=16",
  "--max-old-space-size=128",
] as const;
