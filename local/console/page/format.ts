/** Milliseconds as people read them: `0.42 ms`, `87 ms`, `1.73 s`. */
export function formatMs(ms: number): string {
  if (ms >= 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms >= 9.95) return `${Math.round(ms)} ms`;
  if (ms < 0.005) return "< 0.01 ms";
  return ms >= 0.995 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}

/** How long ago a moment was: `now`, `12 s ago`, `3 min ago`. */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

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
