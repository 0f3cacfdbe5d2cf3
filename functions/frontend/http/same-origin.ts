import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

/**
 * Refuses forms that another site sends in the visitor's name, besides the cookies' SameSite=Lax.
 * Browsers say where a POST comes from (Fetch Metadata, else Origin); a client that says nothing,
 * such as curl, has no cookies to be abused and passes.
 */
export function refuseCrossSite(): MiddlewareHandler {
  return async (c, next) => {
    const { method } = c.req;
    const isSafe = method === "GET" || method === "HEAD" || method === "OPTIONS";
    if (!isSafe && !isSameOrigin(c.req.header.bind(c.req))) {
      throw new HTTPException(403, { message: "That form was sent from another site." });
    }
    await next();
  };
}

/** Whether the headers of a request say, or leave it open, that our own page has sent it. */
export function isSameOrigin(header: (name: string) => string | undefined): boolean {
  const site = header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = header("origin");
  if (origin === undefined) return true;
  // The scheme is not compared: behind a proxy that ends TLS we see http where the browser has https.
  return URL.canParse(origin) && new URL(origin).host === header("host");
}
