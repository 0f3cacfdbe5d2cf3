import type { Context, MiddlewareHandler } from "hono";
import { csrf } from "hono/csrf";

const checkOrigin = csrf({
  secFetchSite: ["same-origin", "none"],
  // hono/csrf accepts a request if one of the two headers does. Here Sec-Fetch-Site decides if it is
  // present. The scheme is not compared: behind a proxy that terminates TLS it is http.
  origin: (origin, c) =>
    c.req.header("sec-fetch-site") === undefined &&
    URL.canParse(origin) &&
    new URL(origin).host === hostOf(c),
});

/**
 * Rejects forms from other sites with 403, in addition to the cookies' `SameSite=Lax`. A client that
 * sends neither Sec-Fetch-Site nor Origin, such as curl, is not a browser and is accepted; hono/csrf
 * would reject it.
 */
export const rejectCrossSite: MiddlewareHandler = (c, next) => {
  const isBrowser = [c.req.header("sec-fetch-site"), c.req.header("origin")].some(
    (value) => value !== undefined,
  );
  return isBrowser ? checkOrigin(c, next) : next();
};

/** The host and port that a request was sent to. */
export function hostOf(c: Context): string {
  return new URL(c.req.url).host;
}
