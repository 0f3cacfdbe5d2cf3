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
  const sign = (id: string) =>
    keys.map((key) => createHmac("sha256", key).update(`${sessionCookie}=${id}`).digest());
  // Of recent sessions: a visitor loads several pages.
  const known = new Map<string, readonly Buffer[]>();
  const signaturesOf = (id: string) => {
    let signatures = known.get(id);
    if (!signatures) {
      signatures = sign(id);
      known.set(id, signatures);
      const [oldest = ""] = known.keys();
      if (known.size > maxKnown) known.delete(oldest);
    }
    return signatures;
  };
  return {
    write: (id) => `${id}.${signaturesOf(id)[0]?.toString("base64url")}`,
    read: (value) => {
      const [, id, signature = ""] = cookieValue.exec(value) ?? [];
      if (id === undefined) return undefined;
      const sent = Buffer.from(signature, "base64url");
      const isSigned = signaturesOf(id).some(
        (expected) => sent.length === expected.length && timingSafeEqual(sent, expected),
      );
      return { id, isSigned };
    },
  };
}

const maxKnown = 1000;

const cookieValue = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.([A-Za-z0-9_-]{0,64}))?$/;
