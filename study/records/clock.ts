/** Epoch milliseconds with fractions, of the clock that spans and pods' conditions are told in. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
