/** What Vega measures text with; its declarations leave it out. */
interface TextMetrics {
  width: (item: MeasuredItem, text?: unknown) => number;
}

interface MeasuredItem {
  readonly fontSize?: number;
  readonly text?: unknown;
}

/**
 * Has Vega take each character for a share of the font's size. Texts are laid out by this, and never
 * cut: `limit` needs Vega's own measure.
 *
 * @param vega the module
 */
export function measureTextIn(vega: object, characterShare: number): void {
  const { textMetrics } = vega as { textMetrics?: TextMetrics };
  if (textMetrics === undefined) throw new Error("this version of Vega has no text metrics");
  textMetrics.width = ({ fontSize = 11, text: own }, text = own) =>
    `${text ?? ""}`.length * fontSize * characterShare;
}
