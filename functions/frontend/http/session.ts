import type { MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { defaultCurrencyCode, isOfferedCurrency } from "../shop/currencies.ts";
import type { Storefront } from "../shop/storefront.ts";
import type { StorefrontContext, StorefrontEnv } from "./context.ts";

/** The cookie with the session id. Names and lifetime are those of Online Boutique. */
const sessionCookie = "shop_session-id";
/** The cookie with the currency of all prices. */
export const currencyCookie = "shop_currency";

const cookieMaxAgeSeconds = 172_800;

/** The session id of all visitors with ENABLE_SINGLE_SHARED_SESSION, as in Online Boutique. */
export const sharedSessionId = "12345678-1234-1234-1234-123456789123";

/**
 * Reads the session and the currency from their cookies into `c.var.visit`. Starts a session if the
 * cookie is missing or invalid.
 */
export const openVisit: MiddlewareHandler<StorefrontEnv> = (c, next) => {
  const cookie = getCookie(c, sessionCookie);
  const sessionId = chooseSessionId(cookie, c.var.shop);
  if (sessionId !== cookie) setShopCookie(c, sessionCookie, sessionId);
  const code = getCookie(c, currencyCookie) ?? "";
  c.set("visit", { sessionId, currencyCode: isOfferedCurrency(code) ? code : defaultCurrencyCode });
  return next();
};

/** The session of a request with the given session cookie. */
export function chooseSessionId(
  cookie: string | undefined,
  { hasSharedSession, createId }: Pick<Storefront, "hasSharedSession" | "createId">,
): string {
  if (hasSharedSession) return sharedSessionId;
  return cookie !== undefined && uuid.test(cookie) ? cookie : createId();
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

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
