import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StatusError } from "../status.ts";

// The kubelet replaces a token after 80 % of its lifetime, which is ten minutes or more. client-go reads
// its token file as often.
const rereadMs = 60_000;

interface KnownToken {
  readonly authorization: string;
  readonly readAtMs: number;
}

// For the whole process, as clients and event sinks have no scope.
let folder: string | undefined;
const known = new Map<string, KnownToken>();

/**
 * Makes all calls of this process send the tokens of a folder, in which each file has the token for the
 * dependency that it is named after, by the host of its address. Files that change are read again
 * within a minute. Undefined: calls send no tokens.
 */
export function useCallTokens(path: string | undefined): void {
  folder = path;
  known.clear();
}

/** The headers or metadata of a call. */
export interface HeaderSetter {
  /** Sets a header. */
  set(name: string, value: string): void;
}

/** The error of a call that was not sent, because this process has no token for it. */
export class MissingTokenError extends StatusError {}

/**
 * Adds this process's token for a dependency to a call, if calls send tokens.
 *
 * @param authority `host:port` or `host`, to which the call is addressed
 * @throws MissingTokenError UNAUTHENTICATED if the folder has no token for the dependency
 */
export function addCallToken(headers: HeaderSetter, authority: string): void {
  if (folder === undefined) return;
  const host = hostOf(authority);
  try {
    headers.set("authorization", readAuthorization(folder, host, Date.now()));
  } catch (cause) {
    const message = `CALL_TOKENS is ${folder}, which has no token for ${host}: add a file of that name`;
    throw new MissingTokenError("UNAUTHENTICATED", message, { cause });
  }
}

/** The header with this process's token for a sink of events; without the header if it has none for it. */
export function sinkTokenHeader({ hostname }: URL): { authorization?: string } {
  if (folder === undefined) return {};
  try {
    return { authorization: readAuthorization(folder, hostname, Date.now()) };
  } catch {
    // Most brokers need none.
    return {};
  }
}

function readAuthorization(path: string, host: string, nowMs: number): string {
  const last = known.get(host);
  if (last && nowMs - last.readAtMs < rereadMs) return last.authorization;
  // The files are in memory (a projected volume is a tmpfs), and this runs once a minute.
  const token = readFileSync(join(path, host), "utf8").trim();
  // Checked here, because the error of Metadata has the whole value.
  if (!/^[!-~]+$/.test(token)) throw new Error(`the content of ${host} is not one token`);
  const authorization = `Bearer ${token}`;
  known.set(host, { authorization, readAtMs: nowMs });
  return authorization;
}

function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, "");
}
