import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { JSONWebKeySet } from "jose";
import { decodeJwt } from "jose/jwt/decode";
import type { CallerConfig } from "./identity-config.ts";

/** The address of the keys, and the access to it. */
export type KeyAccess = Pick<CallerConfig, "keysUrl" | "keysAccess">;

/** The keys of an issuer. */
export interface KeySet {
  /** The keys as they were received. */
  readonly jwks: JSONWebKeySet;
  /** The issuer of the token with which the keys were fetched; empty without a token. */
  readonly issuers: readonly string[];
}

const timeoutMs = 5000;
const maxBytes = 1024 * 1024;

/**
 * Fetches the keys at `keysUrl`, with the token and the CA in `keysAccess`. Follows no redirect, and no
 * discovery document: that of a cluster may name an address that its pods do not reach.
 *
 * @throws Error the answer is not a key set, or there is none within 5 s
 */
export async function fetchKeySet({ keysUrl, keysAccess }: KeyAccess): Promise<KeySet> {
  // Read each time: the kubelet replaces the token before it expires.
  const [token, ca] = keysAccess
    ? await Promise.all([
        readFile(join(keysAccess, "token"), "utf8"),
        keysUrl.protocol === "https:" ? readFile(join(keysAccess, "ca.crt")) : undefined,
      ])
    : [];
  const headers = {
    accept: "application/jwk-set+json, application/json",
    ...(token && { authorization: `Bearer ${token.trim()}` }),
  };
  const text = await get(keysUrl, { headers, ca, agent: false });
  const jwks = JSON.parse(text) as JSONWebKeySet;
  return { jwks, issuers: token ? [issuerOf(token)] : [] };
}

// The token is that of this pod, from the kubelet, so it need not be verified.
function issuerOf(token: string): string {
  const { iss } = decodeJwt(token.trim());
  if (iss) return iss;
  throw new Error("the token in TOKEN_KEYS_ACCESS has no issuer: set TOKEN_ISSUER");
}

// Does not use fetch, which has no option for a CA.
async function get(url: URL, options: object): Promise<string> {
  const { request } = await import(url.protocol === "https:" ? "node:https" : "node:http");
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request(url, { ...options, signal }, (response: IncomingMessage) => {
      const { statusCode } = response;
      if (statusCode !== 200) {
        response.destroy();
        return reject(new Error(`HTTP status ${statusCode}`));
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("error", reject);
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxBytes) response.destroy(new Error(`more than ${maxBytes} bytes`));
      });
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on("error", reject);
    sent.end();
  });
}
