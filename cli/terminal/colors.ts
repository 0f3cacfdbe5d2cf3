const codes = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/** Whether standard output is a terminal that shows colours. */
export function showsColors(): boolean {
  return process.stdout.isTTY === true && process.stdout.hasColors();
}

/** Wraps a text in the ANSI code of a colour or style. */
export function paint(code: number, text: string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}

/** The ANSI code of the colour for a name, which is the same in every run. */
export function colorOf(name: string): number {
  const hash = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return codes[hash % codes.length] ?? 36;
}
