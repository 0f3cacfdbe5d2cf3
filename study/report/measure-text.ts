/** Vega's text metrics, which its declarations omit. */
interface TextMetrics {
  width: (item: MeasuredItem, text?: unknown) => number;
}

interface MeasuredItem {
  readonly fontSize?: number;
  readonly text?: unknown;
}

/**
 * Sets the width of each character, as a share of the font's size, for Vega's layout. Texts are never
 * cut: `limit` needs Vega's own metrics.
 *
 * @param vega the module
 */
export function measureTextIn(vega: object, characterShare: number): void {
  const { textMetrics } = vega as { textMetrics?: TextMetrics };
  if (textMetrics === undefined) throw new Error("this version of Vega has no text metrics");
  textMetrics.width = ({ fontSize = 11, text: own }, text = own) =>
    `${text ?? ""}`.length * fontSize * characterShare;
}
