import type { Context } from "hono";
import type { HttpContext } from "#runtime/answer-http.ts";
import type { Storefront, Visit } from "../shop/storefront.ts";

/** The types of the storefront's Hono app. */
export interface StorefrontEnv {
  /**
   * `c.env.context` is the runtime's context of the request. `c.env` is undefined in `app.request()`,
   * which needs no server.
   */
  Bindings: { context: HttpContext };
  /** `shop` is set for every request, `visit` for pages only. */
  Variables: { shop: Storefront; visit: Visit };
}

/** The context of one request. */
export type StorefrontContext = Context<StorefrontEnv>;
