import type { MiddlewareHandler } from "hono";

// Pages are text, style sheets and pictures of our own: no script, no frame, nothing from elsewhere.
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  // No page connects to anything; but tools that check a page, such as Lighthouse, load robots.txt in
  // its name.
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Tells browsers what pages of the shop may do, on every answer. */
export const securityHeaders: MiddlewareHandler = (c, next) => {
  c.header("content-security-policy", policy);
  c.header("x-content-type-options", "nosniff");
  c.header("referrer-policy", "same-origin");
  c.header("cross-origin-opener-policy", "same-origin");
  return next();
};
