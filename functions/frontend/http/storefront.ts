import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { HttpContext } from "#runtime/http-server.ts";
import type { StaticFiles } from "#runtime/static-files.ts";
import type { Upstreams } from "../shop/clients.ts";

/** Who is looking at a page. */
export interface Visit {
  /** The session's id, which is the cart's user id too. */
  readonly sessionId: string;
  /** The currency in which prices are shown; always one of the storefront's. */
  readonly currencyCode: string;
}

/** What every route of the storefront can use. */
export interface Storefront {
  /** The functions behind the pages. */
  readonly upstreams: Upstreams;
  /** Style sheets and pictures. */
  readonly files: StaticFiles;
  /** A sentence above every page, if there is one. */
  readonly message: string | undefined;
  /** The time, for what depends on the year. */
  readonly now: () => Date;
  /** A number from 0 up to 1, to pick an ad by. */
  readonly random: () => number;
}

/** The types of the storefront's Hono app. */
export interface StorefrontEnv {
  /** `c.env.context` is what the runtime knows about the request, cold starts included. */
  Bindings: HttpBindings & { context: HttpContext };
  Variables: { visit: Visit };
}

/** The context of one request. */
export type StorefrontContext = Context<StorefrontEnv>;
