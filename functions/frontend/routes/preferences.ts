import type { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { readForm } from "../forms/read-form.ts";
import { currencyCookie, expireShopCookies, setShopCookie } from "../http/session.ts";
import type { StorefrontEnv } from "../http/storefront.ts";
import { isShownCurrency } from "../shop/currencies.ts";

/** What a visitor sets for the whole site: the currency, and to be forgotten. */
export function addPreferenceRoutes(app: Hono<StorefrontEnv>): void {
  app.post("/setCurrency", async (c) => {
    const code = (await readForm(c.env.incoming)).get("currency_code")?.trim() ?? "";
    if (!isShownCurrency(code)) {
      throw new HTTPException(422, {
        message:
          "The shop does not show prices in that currency: choose EUR, USD, JPY, GBP, TRY or CAD.",
      });
    }
    setShopCookie(c, currencyCookie, code);
    return c.redirect(chooseReturnPath(c.req.header("referer"), c.req.header("host")), 302);
  });
  app.get("/logout", (c) => {
    expireShopCookies(c);
    return c.redirect("/", 302);
  });
}

/**
 * Where to go back to: the page of ours that the Referer names if it can be asked for with GET,
 * else the first page. Never another site, whatever the header says.
 */
export function chooseReturnPath(referer: string | undefined, host: string | undefined): string {
  if (referer === undefined || !URL.canParse(referer)) return "/";
  const { host: refererHost, pathname, search } = new URL(referer);
  if (refererHost !== host) return "/";
  if (pathname.startsWith("/cart/")) return "/cart";
  return pagePath.test(pathname) ? pathname + search : "/";
}

const pagePath = /^\/(?:cart|search|product\/[^/\\]+)?$/;
