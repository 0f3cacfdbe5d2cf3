import type { MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { defaultCurrencyCode, isOfferedCurrency } from "../shop/currencies.ts";
import { isKnownSession } from "../shop/known-sessions.ts";
import { sessionCookie } from "../shop/session-cookie.ts";
import type { Visit } from "../shop/storefront.ts";
import type { StorefrontContext, StorefrontEnv } from "./context.ts";

/** The cookie with the currency of all prices. Names and lifetime are those of Online Boutique. */
export const currencyCookie = "shop_currency";

const cookieMaxAgeSeconds = 172_800;

/** The session id of all visitors with ENABLE_SINGLE_SHARED_SESSION, as in Online Boutique. */
export const sharedSessionId = "12345678-1234-1234-1234-123456789123";

/**
 * Reads the session and the currency from their cookies into `c.var.visit`. Starts a session if the
 * cookie is missing or malformed. An id without a valid signature is kept, because its cart and orders
 * may exist: a page that only reads shows those, or what a new session would show. `requireIssuedSession`
 * protects what writes.
 */
export const openVisit: MiddlewareHandler<StorefrontEnv> = (c, next) => {
  const code = getCookie(c, currencyCookie) ?? "";
  c.set("visit", {
    ...openSession(c),
    currencyCode: isOfferedCurrency(code) ? code : defaultCurrencyCode,
  });
  return next();
};

/**
 * Lets a request write only for a session whose id this shop issued: the cookie has a valid signature, or
 * the store knows the id. The latter is a cookie of another key: of a storefront without SESSION_KEY that
 * was started again, or from before a rotation. It is signed again. Any other id is replaced.
 *
 * @throws StatusError if neither can be decided, because a call failed: the visitor keeps the cookie
 */
export const requireIssuedSession: MiddlewareHandler<StorefrontEnv> = async (c, next) => {
  const { visit, shop } = c.var;
  if (!visit.isIssued) {
    const isKnown = await isKnownSession(shop.clients, visit.sessionId);
    const sessionId = isKnown ? visit.sessionId : shop.createId();
    c.set("visit", { ...visit, sessionId, isIssued: true });
    setShopCookie(c, sessionCookie, shop.sessionCookies.write(sessionId));
  }
  await next();
};

function openSession(c: StorefrontContext): Pick<Visit, "sessionId" | "isIssued"> {
  const { hasSharedSession, sessionCookies, createId } = c.var.shop;
  const value = getCookie(c, sessionCookie);
  if (hasSharedSession) {
    if (value !== sharedSessionId) setShopCookie(c, sessionCookie, sharedSessionId);
    return { sessionId: sharedSessionId, isIssued: true };
  }
  const claim = value === undefined ? undefined : sessionCookies.read(value);
  if (claim) return { sessionId: claim.id, isIssued: claim.isSigned };
  const sessionId = createId();
  setShopCookie(c, sessionCookie, sessionCookies.write(sessionId));
  return { sessionId, isIssued: true };
}

/** Sets one of the storefront's cookies for the whole site. Scripts cannot read it. */
export function setShopCookie(c: StorefrontContext, name: string, value: string): void {
  setCookie(c, name, value, { ...cookieAttributes(c), maxAge: cookieMaxAgeSeconds });
}

/** Deletes the cookies of the session and the currency. */
export function deleteShopCookies(c: StorefrontContext): void {
  for (const name of [sessionCookie, currencyCookie]) deleteCookie(c, name, cookieAttributes(c));
}

function cookieAttributes(c: StorefrontContext) {
  // A proxy terminates TLS, so the URL's scheme is always http.
  const secure = c.req.header("x-forwarded-proto")?.split(",", 1)[0]?.trim() === "https";
  return { path: "/", httpOnly: true, sameSite: "Lax", secure } as const;
}
