import { join } from "node:path";
import type { MiddlewareHandler } from "hono";
import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { matchedRoutes } from "hono/route";
import { openStaticFiles } from "#runtime/static-files.ts";
import { refuseCrossSite } from "./http/same-origin.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { sendFailure } from "./http/send-failure.ts";
import { openVisit } from "./http/session.ts";
import type { Storefront, StorefrontEnv } from "./http/storefront.ts";
import { addCartRoutes } from "./routes/cart.ts";
import { addCheckoutRoutes } from "./routes/checkout.ts";
import { addHomeRoutes } from "./routes/home.ts";
import { addPlainRoutes } from "./routes/plain.ts";
import { addPreferenceRoutes } from "./routes/preferences.ts";
import { addProductRoutes } from "./routes/product.ts";
import { addSearchRoutes } from "./routes/search.ts";
import type { Upstreams } from "./shop/clients.ts";

/** What the storefront is made of. */
export interface StorefrontOptions {
  /** The functions behind the pages. */
  upstreams: Upstreams;
  /** Everybody shares one session; false by default. */
  hasSharedSession?: boolean;
  /** A sentence above every page; none by default. */
  message?: string | undefined;
  /** The clock; the machine's by default. */
  now?: () => Date;
  /** A number from 0 up to 1; Math.random by default. */
  random?: () => number;
  /** Makes session ids; a UUID v4 by default. */
  createId?: () => string;
}

/** Makes the storefront: a Hono app that answers every route of the shop's web site. */
export function createStorefront(options: StorefrontOptions): Hono<StorefrontEnv> {
  const { upstreams, hasSharedSession = false, message } = options;
  const { createId = () => crypto.randomUUID() } = options;
  const shop: Storefront = {
    upstreams,
    message,
    files: openStaticFiles(join(import.meta.dirname, "static"), "/static/"),
    now: options.now ?? (() => new Date()),
    random: options.random ?? Math.random,
  };
  const app = new Hono<StorefrontEnv>();
  app.onError((error, c) => sendFailure(c, shop, error));
  app.notFound((c) => sendFailure(c, shop, 404));
  app.use(nameRoute, securityHeaders);
  // Before the session begins: what is fetched without a page belongs to no visitor.
  addPlainRoutes(app, shop);
  app.use(openVisit({ hasSharedSession, createId }), refuseCrossSite());
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header("allow", methods.join(", "));
        return sendFailure(c, shop, 405);
      },
    }),
  );
  addHomeRoutes(app, shop);
  addProductRoutes(app, shop);
  addSearchRoutes(app, shop);
  addCartRoutes(app, shop);
  addCheckoutRoutes(app, shop);
  addPreferenceRoutes(app);
  return app;
}

const nameRoute: MiddlewareHandler<StorefrontEnv> = (c, next) => {
  const pattern = matchedRoutes(c).at(-1)?.path ?? "";
  if (pattern !== "/*") {
    c.env.context.setRoute(pattern.replaceAll(/:(\w+)/g, "{$1}"));
  }
  return next();
};
