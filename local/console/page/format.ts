/** A count, shortened from ten thousand on: `9,412`, `12.4k`. */
export function formatCount(count: number): string {
  return count < 10_000 ? count.toLocaleString("en") : `${(count / 1000).toFixed(1)}k`;
}

/** `1 span`, `2 spans`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A function's name without the word that all of them end in. */
export function shortName(name: string): string {
  return name.replace(/(?<=.)service$/, "");
}
