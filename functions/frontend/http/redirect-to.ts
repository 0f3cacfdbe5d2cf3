import type { Context } from "hono";

/** Redirects with an empty body. Its length is sent, since an empty chunk would be sent otherwise. */
export function redirectTo(c: Context, location: string, status: 302 | 303 = 302): Response {
  c.header("content-length", "0");
  return c.redirect(location, status);
}
