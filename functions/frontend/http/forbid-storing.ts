import type { MiddlewareHandler } from "hono";

/**
 * Forbids browsers and proxies to store the answers to POST: they contain what the visitor entered. The
 * header replaces that of the page.
 */
export const forbidStoringAnswers: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.req.method === "POST") c.header("cache-control", "no-store");
};
