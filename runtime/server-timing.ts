/** One function that had to start for a request. */
export interface ColdStart {
  /** The function's name. */
  readonly service: string;
  /** Milliseconds from the start of its process until it accepted requests. */
  readonly durationMs: number;
}

/**
 * The header that reports cold starts (W3C Server Timing): an HTTP response header for browsers, a
 * trailer of gRPC responses between functions.
 */
export const serverTimingHeader = "server-timing";

/** Formats cold starts as Server-Timing metrics: `coldstart;desc="cartservice";dur=92.1, ...`. */
export function formatServerTiming(coldStarts: readonly ColdStart[]): string {
  if (coldStarts.length === 0) return "";
  return coldStarts
    .map(({ service, durationMs }) => `coldstart;desc="${service}";dur=${durationMs.toFixed(1)}`)
    .join(", ");
}

const metric = /coldstart;desc="([a-z0-9-]{1,63})";dur=(\d+(?:\.\d+)?)/g;

/** Parses the cold starts in a Server-Timing value; other metrics are ignored. */
export function parseServerTiming(value: string): ColdStart[] {
  return [...value.matchAll(metric)].map(([, service = "", duration]) => ({
    service,
    durationMs: Number(duration),
  }));
}
