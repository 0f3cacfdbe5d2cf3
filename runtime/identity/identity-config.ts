import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { ConfigError, type EnvironmentReader } from "../environment.ts";

/** Who may call a function, and how their tokens are verified. */
export interface CallerConfig {
  /** ALLOWED_CALLERS: the `sub` claims of those that may call it by gRPC. */
  readonly callers: ReadonlySet<string>;
  /** ALLOWED_SENDERS: the `sub` claims of those that may send events; `anyone` includes those without a token. */
  readonly senders: ReadonlySet<string> | "anyone";
  /** TOKEN_AUDIENCE: the function's own name in the `aud` claim. */
  readonly audience: string;
  /** TOKEN_KEYS_URL: the address of the issuer's JSON Web Key Set; `https:`, or `http:` if no secret is sent to it. */
  readonly keysUrl: URL;
  /** TOKEN_KEYS_ACCESS: a folder with the token to fetch the keys with and `ca.crt`; undefined for neither. */
  readonly keysAccess: string | undefined;
  /** TOKEN_ISSUER: the valid `iss` claims; empty: that of the token in `keysAccess`. */
  readonly issuers: readonly string[];
}

/** Which tokens a function sends and which it requires. */
export interface IdentityConfig {
  /** CALL_TOKENS: a folder with a token for each dependency; undefined: calls send no tokens. */
  readonly callTokens: string | undefined;
  /** Undefined: everyone who reaches the port may call. */
  readonly callers: CallerConfig | undefined;
}

const subjectsRule =
  "service accounts with commas, such as system:serviceaccount:shop:frontend, or none";
const folderRule = "the absolute path of a folder";

/**
 * Reads the variables of identities.
 *
 * @throws ConfigError if only some of those are set that belong together, or a token would be sent in plain text
 */
export function readIdentityConfig(read: EnvironmentReader): IdentityConfig {
  const callTokens = readCallTokens(read);
  const callers = read.optional("ALLOWED_CALLERS", subjectsRule, parseSubjects);
  const senders = read.optional(
    "ALLOWED_SENDERS",
    `${subjectsRule}, or anyone`,
    (text): CallerConfig["senders"] | undefined => (text === "anyone" ? text : parseSubjects(text)),
  );
  const audience = read.optionalString("TOKEN_AUDIENCE");
  const keysUrl = read.optionalUrl("TOKEN_KEYS_URL", ["https:", "http:"]);
  const keysAccess = read.optional("TOKEN_KEYS_ACCESS", folderRule, parseFolder);
  const issuers = read.optional("TOKEN_ISSUER", "issuers with commas", parseList) ?? [];
  // A variable that is set and malformed is reported by itself.
  const isSet = (name: string) => read.optionalString(name) !== undefined;
  const hasSource = isSet("TOKEN_KEYS_ACCESS") || isSet("TOKEN_ISSUER");
  const needed = required.filter(isSet);
  if (needed.length === 0 && !hasSource && !isSet("ALLOWED_SENDERS")) {
    return { callTokens, callers: undefined };
  }
  if (needed.length < required.length || !hasSource) throw incomplete;
  if (!callers || !audience || !keysUrl) return { callTokens, callers: undefined };
  if (keysAccess && keysUrl.protocol === "http:" && !loopbackHost.test(keysUrl.hostname)) {
    throw new ConfigError([
      `TOKEN_KEYS_URL is ${keysUrl.origin}: expected https:, because the token in TOKEN_KEYS_ACCESS is sent to it (http: only to a loopback address)`,
    ]);
  }
  const rules = { callers, senders: senders ?? new Set<string>(), audience };
  return { callTokens, callers: { ...rules, keysUrl, keysAccess, issuers } };
}

// The URL parser has normalized it.
const loopbackHost = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** Reads CALL_TOKENS. */
export function readCallTokens(read: EnvironmentReader): string | undefined {
  return read.optional("CALL_TOKENS", folderRule, parseFolder);
}

const required = ["ALLOWED_CALLERS", "TOKEN_AUDIENCE", "TOKEN_KEYS_URL"];

// A function must not be open because a variable is missing.
const incomplete = new ConfigError([
  "callers are verified only if ALLOWED_CALLERS, TOKEN_AUDIENCE, TOKEN_KEYS_URL, and TOKEN_KEYS_ACCESS or TOKEN_ISSUER are set: set all of them, or none",
]);

function parseSubjects(text: string): ReadonlySet<string> | undefined {
  if (text === "none") return new Set();
  const subjects = text.split(",").map((each) => each.trim());
  const isSubject = (each: string) => /^system:serviceaccount:[a-z\d-]+:[a-z\d.-]+$/.test(each);
  return subjects.every(isSubject) ? new Set(subjects) : undefined;
}

function parseList(text: string): string[] | undefined {
  const words = text.split(",").map((each) => each.trim());
  return words.includes("") ? undefined : words;
}

function parseFolder(text: string): string | undefined {
  const isFolder = isAbsolute(text) && statSync(text, { throwIfNoEntry: false })?.isDirectory();
  return isFolder ? text : undefined;
}
