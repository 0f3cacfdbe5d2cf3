import { isIP } from "node:net";

/** The environment is invalid; the message has one line per invalid variable. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
  }
}

/**
 * Reads variables by kind. An empty variable counts as one that is not set. Invalid variables, and
 * required ones that are not set, are collected, and `readEnvironment` throws one error for all of them.
 */
export interface EnvironmentReader {
  /** Any text. */
  string(name: string, fallback: string): string;
  /** Any text, or undefined. */
  optionalString(name: string): string | undefined;
  /** Keys with commas between them, each with at least `minLength` characters, or undefined. Errors do not show them. */
  optionalKeys(name: string, minLength: number): readonly string[] | undefined;
  /** `host:port` without a scheme, as gRPC targets are written in the shop; required. */
  address(name: string): string;
  /** `host:port`, or undefined. */
  optionalAddress(name: string): string | undefined;
  /** A TCP port; 0 selects a free one. */
  port(name: string, fallback: number): number;
  /** A Go duration such as `5.5s`, `300ms` or `1h30m`, in milliseconds; at least `min` if that is given. */
  durationMs(name: string, fallback: string, min?: string): number;
  /** An absolute URL with one of the schemes (`http:`), or undefined. Errors mask its password. */
  optionalUrl(name: string, schemes: readonly string[]): URL | undefined;
  /** A number from 0 to 1. */
  ratio(name: string, fallback: number): number;
  /** The parsed text, or undefined; `rule` describes the expected text in errors. */
  optional<T>(name: string, rule: string, parse: (text: string) => T | undefined): T | undefined;
  /** One of the given words. */
  oneOf<const T extends string>(name: string, words: readonly T[], fallback: T): T;
}

/**
 * Reads a program's whole configuration at once.
 *
 * @throws ConfigError if a variable is missing or invalid; each is named with its value and rule
 */
export function readEnvironment<T extends object>(
  env: NodeJS.ProcessEnv,
  read: (reader: EnvironmentReader) => T,
): Readonly<T> {
  const problems: string[] = [];
  const config = read(createReader(env, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function createReader(env: NodeJS.ProcessEnv, problems: string[]): EnvironmentReader {
  const optional = <T>(name: string, rule: string, parse: (text: string) => T | undefined) => {
    const text = env[name];
    if (text === undefined || text === "") return undefined;
    const value = parse(text);
    if (value === undefined) problems.push(`${name} is ${show(text)}: expected ${rule}`);
    return value;
  };
  return {
    string: (name, fallback) => env[name] || fallback,
    optionalString: (name) => env[name] || undefined,
    optionalKeys: (name, minLength) => {
      const keys = env[name] ? env[name].split(",") : undefined;
      const short = keys?.find(({ length }) => length < minLength);
      if (short === undefined) return keys;
      const rule = `expected at least ${minLength}`;
      problems.push(`${name} has a key of ${short.length} characters: ${rule}`);
      return undefined;
    },
    address: (name) => {
      if (!env[name]) problems.push(`${name} is not set: expected ${addressRule}`);
      return optional(name, addressRule, parseAddress) ?? "";
    },
    optionalAddress: (name) => optional(name, addressRule, parseAddress),
    port: (name, fallback) => optional(name, "a TCP port", parsePort) ?? fallback,
    durationMs: (name, fallback, min) => {
      const rule = min ? `a duration of at least ${min}, such as ${fallback}` : durationRule;
      const minMs = parseDurationMs(min ?? "0") ?? 0;
      const parse = (text: string) => {
        const ms = parseDurationMs(text);
        return ms !== undefined && ms >= minMs ? ms : undefined;
      };
      return optional(name, rule, parse) ?? parseDurationMs(fallback) ?? 0;
    },
    optionalUrl: (name, schemes) =>
      optional(name, `a URL such as ${schemes[0]}//host:port`, (text) => parseUrl(text, schemes)),
    ratio: (name, fallback) => optional(name, "a number from 0 to 1", parseRatio) ?? fallback,
    optional,
    oneOf: (name, words, fallback) =>
      optional(name, `one of ${words.join(", ")}`, (text) => words.find((word) => word === text)) ??
      fallback,
  };
}

const addressRule = "host:port without a scheme, such as cartservice:7070";
const durationRule = "a duration such as 5.5s, 300ms or 1h30m";

function parseRatio(text: string): number | undefined {
  const value = /^\d?(\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN;
  return value >= 0 && value <= 1 ? value : undefined;
}

function parsePort(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function parseAddress(text: string): string | undefined {
  const [, host = "", port = ""] =
    /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === "" || Number(port) < 1 || Number(port) > 65_535) return undefined;
  if (host.startsWith("[") && isIP(host.slice(1, -1)) !== 6) return undefined;
  return text;
}

const unitMs: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration (`time.ParseDuration`); undefined for another text or a negative duration. */
export function parseDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
    totalMs += Number(amount) * (unitMs[unit] ?? 0);
  }
  return totalMs;
}

function parseUrl(text: string, schemes: readonly string[]): URL | undefined {
  const url = URL.parse(text);
  return url && schemes.includes(url.protocol) && url.hostname !== "" ? url : undefined;
}

function show(text: string): string {
  // Also without a scheme, and with an `@` or a slash that is not encoded: such texts are invalid.
  const masked = text.replace(/:(?!\/\/)\S*@/, ":***@");
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 80)}…` : masked);
}
