import { HTTPException } from "hono/http-exception";
import { readForm } from "../forms/read-form.ts";
import type { StorefrontContext } from "../http/context.ts";
import { redirectTo } from "../http/redirect-to.ts";
import { hostOf } from "../http/same-origin.ts";
import { sendPage } from "../http/send-page.ts";
import { currencyCookie, deleteShopCookies, setShopCookie } from "../http/session.ts";
import { renderLogoutPage } from "../pages/logout.ts";
import { isOfferedCurrency } from "../shop/currencies.ts";

/** `POST /setCurrency`: stores `currency_code` and returns to the page that sent the form. */
export async function setCurrency(c: StorefrontContext): Promise<Response> {
  const fields = await readForm(c);
  const code = fields.get("currency_code")?.trim() ?? "";
  if (!isOfferedCurrency(code)) {
    throw new HTTPException(422, {
      message: "This currency is not supported. Choose EUR, USD, JPY, GBP, TRY or CAD.",
    });
  }
  setShopCookie(c, currencyCookie, code);
  return redirectTo(c, chooseReturnPath(c.req.header("referer"), hostOf(c)));
}

/** `GET /logout`: asks before it deletes, since a link or a prefetch may lead here. */
export function showLogout(c: StorefrontContext): Promise<Response> {
  return sendPage(c, { title: "Delete your session", body: renderLogoutPage() });
}

/** `POST /logout`: deletes the cookies of the session and the currency. */
export async function logOut(c: StorefrontContext): Promise<Response> {
  // It has no fields, but a body of another media type is rejected.
  await readForm(c);
  deleteShopCookies(c);
  return redirectTo(c, "/");
}

/**
 * The path to return to: that of the Referer if it is a page of this site that supports GET, else `/`.
 * It never leads to another site.
 */
export function chooseReturnPath(referer: string | undefined, host: string): string {
  if (referer === undefined || !URL.canParse(referer)) return "/";
  const { host: refererHost, pathname, search } = new URL(referer);
  if (refererHost !== host) return "/";
  if (pathname.startsWith("/cart/")) return "/cart";
  return pagePath.test(pathname) ? pathname + search : "/";
}

const pagePath = /^\/(?:cart|search|orders|(?:product|orders)\/[^/\\]+)?$/;
