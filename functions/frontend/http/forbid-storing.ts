import type { MiddlewareHandler } from "hono";

/**
 * Forbids browsers and proxies to store pages with personal data: the answers to POST, which contain what
 * the visitor entered, and orders. The header replaces that of the page.
 */
export const forbidStoring: MiddlewareHandler = async (c, next) => {
  await next();
  const isPersonal = c.req.method === "POST" || /^\/orders(?:\/|$)/.test(c.req.path);
  // Not by `c.header`, which copies the response and reads its body as a stream.
  if (isPersonal) c.res.headers.set("cache-control", "no-store");
};
