/** Epoch milliseconds with fractions: the clock of spans and of pods' conditions. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
