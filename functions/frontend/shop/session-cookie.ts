import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** The cookie with the session id. Names and lifetime are those of Online Boutique. */
export const sessionCookie = "shop_session-id";

/** The content of a session cookie. */
export interface SessionClaim {
  /** The session id, a UUID in lower case. */
  readonly id: string;
  /** Whether a storefront with one of the keys issued it; false also for one without a signature. */
  readonly isSigned: boolean;
}

/** Writes and reads the values of session cookies, `ID.SIGNATURE`. */
export interface SessionCookies {
  /** The value of the cookie for a session. */
  write(id: string): string;
  /** The content of a value; undefined if it is not a session cookie. */
  read(value: string): SessionClaim | undefined;
}

/**
 * Creates session cookies that are signed with HMAC-SHA-256. `node:crypto` needs 3 to 5 µs for one, Web
 * Crypto, which `hono/cookie` uses, 50 µs and more.
 *
 * @param keys the keys that all instances share (SESSION_KEY): the first one signs, and each is valid, so that
 *   a key can be replaced; by default a random one of this process
 */
export function createSessionCookies(
  keys: readonly string[] = [randomBytes(32).toString("base64url")],
): SessionCookies {
  // The name of the cookie prevents that a signature for another purpose is accepted here.
  const sign = (id: string, key = keys[0] ?? "") =>
    createHmac("sha256", key).update(`${sessionCookie}=${id}`).digest();
  return {
    write: (id) => `${id}.${sign(id).toString("base64url")}`,
    read: (value) => {
      const [, id, signature = ""] = cookieValue.exec(value) ?? [];
      if (id === undefined) return undefined;
      const sent = Buffer.from(signature, "base64url");
      const isSigned = keys.some((key) => {
        const expected = sign(id, key);
        return sent.length === expected.length && timingSafeEqual(sent, expected);
      });
      return { id, isSigned };
    },
  };
}

const cookieValue = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.([A-Za-z0-9_-]{0,64}))?$/;
