/**
 * A measured time to three significant digits, from one second on in seconds and below a millisecond
 * in whole microseconds: `420 µs`, `3.14 ms`, `843 ms`, `2.31 s`.
 */
export function formatMs(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 999.5) return `${formatFigure(ms / 1000)} s`;
  if (size > 0 && size < 0.9995) return `${Math.round(ms * 1000)} µs`;
  return ms === 0 ? "0 ms" : `${formatFigure(ms)} ms`;
}

/** Three significant digits, at most two of them after the point: `0.42`, `12.3`, `843`. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return value.toFixed(0);
  return value.toFixed(size >= 9.995 ? 1 : 2);
}

/** A configured duration without trailing zeros: `200 ms`, `1.5 s`, `60 s`. */
export function formatDuration(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(3))} s` : `${Number(ms.toFixed(3))} ms`;
}

/** The time since a moment, both in milliseconds: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `3 d ago`. */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

const byteUnits = ["kB", "MB", "GB", "TB"] as const;

/** Bytes to three significant digits, in powers of 1000: `512 B`, `84.3 kB`, `1.24 MB`. */
export function formatBytes(bytes: number): string {
  let size = bytes / 1000;
  if (size < 0.9995) return `${Math.round(bytes)} B`;
  let unit = 0;
  for (; size >= 999.5 && unit < byteUnits.length - 1; unit++) size /= 1000;
  return `${formatFigure(size)} ${byteUnits[unit]}`;
}
