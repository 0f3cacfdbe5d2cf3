import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { defaultCurrencyCode, isShownCurrency } from "../shop/currencies.ts";
import type { StorefrontContext, StorefrontEnv } from "./storefront.ts";

/** The cookies' names, as Online Boutique has them. */
export const sessionCookie = "shop_session-id";
/** The cookie that holds the currency in which prices are shown. */
export const currencyCookie = "shop_currency";

/** How long a cookie lasts: 48 hours, as in Online Boutique. */
export const cookieMaxAgeSeconds = 172_800;

/** The one session that everybody has under ENABLE_SINGLE_SHARED_SESSION (Online Boutique's). */
export const sharedSessionId = "12345678-1234-1234-1234-123456789123";

/** How sessions begin. */
export interface SessionOptions {
  /** Everybody gets `sharedSessionId`. */
  hasSharedSession: boolean;
  /** Makes the id of a new session: a UUID v4. */
  createId: () => string;
}

/**
 * Finds out who is looking: reads the session and currency cookies into `c.var.visit`, and begins a
 * session where there is none or where the cookie holds something that cannot be ours.
 */
export function openVisit(options: SessionOptions): MiddlewareHandler<StorefrontEnv> {
  return async (c, next) => {
    const known = getCookie(c, sessionCookie);
    const sessionId = chooseSessionId(known, options);
    if (sessionId !== known) setShopCookie(c, sessionCookie, sessionId);
    const currencyCode = getCookie(c, currencyCookie) ?? defaultCurrencyCode;
    c.set("visit", {
      sessionId,
      currencyCode: isShownCurrency(currencyCode) ? currencyCode : defaultCurrencyCode,
    });
    await next();
  };
}

/** The session that a request belongs to, given what its cookie says. */
export function chooseSessionId(cookie: string | undefined, options: SessionOptions): string {
  if (options.hasSharedSession) return sharedSessionId;
  return cookie !== undefined && uuid.test(cookie) ? cookie : options.createId();
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Sets one of the storefront's cookies, for the whole site and out of the reach of scripts. */
export function setShopCookie(c: StorefrontContext, name: string, value: string): void {
  setCookie(c, name, value, { ...attributesFor(c), maxAge: cookieMaxAgeSeconds });
}

/** Makes the browser forget the session and the currency. */
export function expireShopCookies(c: StorefrontContext): void {
  for (const name of [sessionCookie, currencyCookie]) {
    setCookie(c, name, "", { ...attributesFor(c), maxAge: 0 });
  }
}

function attributesFor(c: StorefrontContext) {
  // TLS ends before the function does: the proxy in front says whether the browser used it.
  const secure = c.req.header("x-forwarded-proto")?.split(",", 1)[0]?.trim() === "https";
  return { path: "/", httpOnly: true, sameSite: "Lax", secure } as const;
}
