/** Formats a count, from 10,000 on in thousands: `9,412`, `12.4k`. */
export function formatCount(count: number): string {
  return count < 10_000 ? count.toLocaleString("en") : `${(count / 1000).toFixed(1)}k`;
}

/** Formats a count with its noun: `1 span`, `2 spans`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A function's name without the suffix `service`. */
export function shortName(name: string): string {
  return name.replace(/(?<=.)service$/, "");
}
