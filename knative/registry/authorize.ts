import { type Credentials, identityToken } from "./credentials.ts";
import { send } from "./send.ts";

/** The access that is requested, and the credentials for it. */
export interface AccessRequest {
  /** Such as `repository:shop/adservice:pull`. */
  readonly scope: string;
  /** Undefined for anonymous access. */
  readonly credentials: Credentials | undefined;
  /** Whether credentials may be sent without TLS. */
  readonly insecure: boolean;
}

/**
 * The `Authorization` header that a registry's 401 requires (distribution specification, token
 * authentication). Undefined if the credentials are missing or refused, or would be sent to a token server
 * without TLS although `insecure` is not set.
 *
 * @param challenge the `WWW-Authenticate` header
 */
export async function authorize(
  challenge: string,
  { scope, credentials, insecure }: AccessRequest,
): Promise<string | undefined> {
  const { username = "", secret = "" } = credentials ?? {};
  const basic = credentials && `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`;
  if (/^basic\b/i.test(challenge)) return basic;
  const pairs = [...challenge.matchAll(/(\w+)="([^"]*)"/g)];
  const { realm, service = "" } = Object.fromEntries(
    pairs.map(([, name, value]): [string, string] => [name ?? "", value ?? ""]),
  ) as { realm?: string; service?: string };
  if (realm === undefined) return undefined;
  if (credentials && !insecure && !realm.startsWith("https:")) return undefined;
  const query = new URLSearchParams({ service, scope });
  // OAuth2 exchanges an identity token.
  const grant = { grant_type: "refresh_token", refresh_token: secret, client_id: "shop" };
  const answer = await (username === identityToken
    ? send(realm, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams([...Object.entries(grant), ...query]).toString(),
        insecure,
      })
    : send(`${realm}${realm.includes("?") ? "&" : "?"}${query}`, {
        headers: basic === undefined ? {} : { authorization: basic },
        insecure,
      }));
  if (answer.status !== 200) return undefined;
  const { token, access_token = token } = JSON.parse(answer.body.toString()) as {
    token?: string;
    access_token?: string;
  };
  return access_token && `Bearer ${access_token}`;
}
