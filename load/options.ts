import { ConfigError, parseDurationMs } from "#runtime/environment.ts";

/** The options of a load run. */
export type LoadOptions = ReturnType<typeof readLoadOptions>;

/** The options as text, as commander passes them. */
export type RawLoadOptions = { readonly [option in RawName]?: string | undefined };

type RawName = keyof typeof defaultLoadOptions | "hostHeader" | "rate" | "seed";

/** The defaults, as text. */
export const defaultLoadOptions = {
  url: "http://127.0.0.1:8080",
  mode: "closed",
  users: "10",
  spawnRate: "1",
  thinkTime: "1s-10s",
  maxInFlight: "256",
  duration: "60s",
  maxRequests: "1000000",
  timeout: "10s",
} as const;

const dayMs = 86_400_000;

/**
 * Reads the options. `drawSeed` draws the seed if none is given.
 *
 * @throws ConfigError for the first option that is wrong
 */
export function readLoadOptions(given: RawLoadOptions, drawSeed: () => number) {
  const raw = { ...defaultLoadOptions, ...given };
  const mode = readMode(raw.mode);
  return Object.freeze({
    /** The storefront's address, `http://host:port`. */
    url: readUrl(raw.url),
    /** The Host header to send; null for the address of the URL. */
    hostHeader: given.hostHeader === undefined ? null : readHostHeader(given.hostHeader),
    mode,
    /** Closed: concurrent users. Open: initial number of sessions. */
    users: readNumber("--users", raw.users, 1, 10_000, "whole"),
    /** Closed: users that start per second until all have started. */
    spawnRatePerSecond: readNumber("--spawn-rate", raw.spawnRate, 0.01, 10_000),
    ...readThinkTime(raw.thinkTime),
    /** Open: tasks that are due per second; null in a closed loop. */
    ratePerSecond: readRate(mode, given.rate),
    maxInFlight: readNumber("--max-in-flight", raw.maxInFlight, 1, 10_000, "whole"),
    /** Requests start within this time. */
    durationMs: readDuration("--duration", raw.duration),
    maxRequests: readNumber("--max-requests", raw.maxRequests, 1, 1e8, "whole"),
    /** Max. duration of a request, body included. */
    timeoutMs: readDuration("--timeout", raw.timeout),
    seed:
      given.seed === undefined
        ? drawSeed()
        : readNumber("--seed", given.seed, 0, 2 ** 32 - 1, "whole"),
  });
}

// How requests start: `closed` by users who wait for their pages, else at a rate.
type LoadMode = "closed" | "constant" | "poisson";

function readMode(text: string): LoadMode {
  if (text === "closed" || text === "constant" || text === "poisson") return text;
  throw wrong("--mode", text, "one of closed, constant, poisson");
}

function readUrl(text: string): string {
  const url = URL.parse(text);
  const isBare = url?.pathname === "/" && !url.search && !url.hash && !url.username;
  if (url?.protocol === "http:" && isBare) return url.origin;
  throw wrong("--url", text, "http://host:port, without a path");
}

function readHostHeader(text: string): string {
  if (/^[\w.-]+(:\d{1,5})?$/.test(text)) return text;
  throw wrong("--host-header", text, "a host name, such as frontend.shop.example.com");
}

function readRate(mode: LoadMode, text: string | undefined): number | null {
  if (mode === "closed") {
    if (text === undefined) return null;
    throw new ConfigError(["--rate needs --mode constant or --mode poisson"]);
  }
  if (text === undefined) throw new ConfigError([`--mode ${mode} needs --rate, such as --rate 20`]);
  return readNumber("--rate", text, 0.01, 10_000);
}

function readThinkTime(text: string) {
  const [min = "", max = min, ...more] = text.split("-");
  const minThinkTimeMs = parseDurationMs(min);
  const maxThinkTimeMs = parseDurationMs(max);
  const isRange = minThinkTimeMs !== undefined && maxThinkTimeMs !== undefined && more.length === 0;
  if (isRange && minThinkTimeMs <= maxThinkTimeMs && maxThinkTimeMs <= dayMs) {
    return { minThinkTimeMs, maxThinkTimeMs };
  }
  throw wrong("--think-time", text, "a range such as 1s-10s, or one duration such as 500ms");
}

function readDuration(option: string, text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined && durationMs >= 1 && durationMs <= dayMs) return durationMs;
  throw wrong(option, text, "a duration from 1ms to 24h, such as 60s or 1m30s");
}

function readNumber(
  option: string,
  text: string,
  min: number,
  max: number,
  kind: "whole" | "decimal" = "decimal",
): number {
  const value = Number(text);
  const isNumber = kind === "whole" ? /^\d{1,15}$/.test(text) : /^\d{1,15}(\.\d{1,9})?$/.test(text);
  if (isNumber && value >= min && value <= max) return value;
  throw wrong(option, text, `a ${kind === "whole" ? "whole " : ""}number from ${min} to ${max}`);
}

function wrong(option: string, value: string, rule: string): ConfigError {
  return new ConfigError([`${option} is ${JSON.stringify(value)}: expected ${rule}`]);
}
