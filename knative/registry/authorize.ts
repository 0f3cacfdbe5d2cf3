import type { Credentials } from "./credentials.ts";
import { type RegistryAnswer, send } from "./send.ts";

/** The request and its credentials. */
export interface AccessRequest {
  /** Such as `repository:shop/adservice:pull`. */
  readonly scope: string;
  /** Undefined for an anonymous user. */
  readonly credentials: Credentials | undefined;
  /** Whether credentials may be sent without TLS. */
  readonly insecure: boolean;
}

/**
 * The `Authorization` header that a registry's 401 asks for (distribution specification, token
 * authentication). Undefined if the credentials are missing or refused, or would be sent without TLS
 * to a token server although that is not `insecure`.
 */
export async function authorize(
  challenge: string,
  { scope, credentials, insecure }: AccessRequest,
): Promise<string | undefined> {
  const basic = credentials && encodeBasic(credentials);
  if (/^basic\b/i.test(challenge)) return basic;
  const { realm, service = "" } = parseChallenge(challenge);
  if (realm === undefined) return undefined;
  if (credentials && !insecure && !realm.startsWith("https:")) return undefined;
  const answer =
    credentials?.username === "<token>"
      ? await exchangeToken(realm, { service, scope, credentials, insecure })
      : await requestToken(realm, { service, scope, basic, insecure });
  if (answer.status !== 200) return undefined;
  const { token, access_token = token } = JSON.parse(answer.body.toString()) as {
    token?: string;
    access_token?: string;
  };
  return access_token === undefined ? undefined : `Bearer ${access_token}`;
}

/** Reads the parameters of a `WWW-Authenticate` header. */
export function parseChallenge(challenge: string): Partial<Record<string, string>> {
  const pairs = challenge.matchAll(/(\w+)="([^"]*)"/g);
  return Object.fromEntries([...pairs].map(([, name = "", value = ""]) => [name, value]));
}

function requestToken(
  realm: string,
  options: { service: string; scope: string; basic: string | undefined; insecure: boolean },
): Promise<RegistryAnswer> {
  const { service, scope, basic, insecure } = options;
  const url = new URL(realm);
  url.searchParams.set("service", service);
  url.searchParams.set("scope", scope);
  return send(url, { insecure, headers: basic === undefined ? {} : { authorization: basic } });
}

// An identity token is exchanged as OAuth2 has it.
function exchangeToken(
  realm: string,
  options: { service: string; scope: string; credentials: Credentials; insecure: boolean },
): Promise<RegistryAnswer> {
  const { service, scope, credentials, insecure } = options;
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: credentials.secret,
    client_id: "shop",
    service,
    scope,
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return send(realm, { method: "POST", headers, body: form.toString(), insecure });
}

function encodeBasic({ username, secret }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`;
}
