/**
 * Which dependencies a function warms up ahead of a request: none (`off`), all of them at its boot
 * (`graph`), or those that the next request will probably need (`predict`). A function without a
 * prediction behaves in mode `predict` as in mode `graph`.
 */
export const prewarmModes = ["off", "graph", "predict"] as const;

/** One of the modes. */
export type PrewarmMode = (typeof prewarmModes)[number];
