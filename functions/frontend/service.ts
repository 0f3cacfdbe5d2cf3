import { join } from "node:path";
import { Hono, type MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { matchedRoutes } from "hono/route";
import { openStaticFiles } from "#runtime/static-files.ts";
import type { StorefrontContext, StorefrontEnv } from "./http/context.ts";
import { forbidStoring } from "./http/forbid-storing.ts";
import { rejectCrossSite } from "./http/same-origin.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { sendFailure } from "./http/send-failure.ts";
import { openVisit, requireIssuedSession } from "./http/session.ts";
import { addToCart, changeQuantity, emptyCart, removeLine } from "./routes/cart.ts";
import { checkOut } from "./routes/checkout.ts";
import { sendFile, sendProductMeta, sendRobots } from "./routes/files.ts";
import { showHome } from "./routes/home.ts";
import { showOrderById, showOrders } from "./routes/orders.ts";
import { logOut, setCurrency, showLogout } from "./routes/preferences.ts";
import { showProduct } from "./routes/product.ts";
import { showResults } from "./routes/search.ts";
import { showCart } from "./routes/show-cart.ts";
import { PlacedOrders } from "./shop/placed-orders.ts";
import { createSessionCookies } from "./shop/session-cookie.ts";
import type { Storefront } from "./shop/storefront.ts";

/** Creates the storefront: a Hono app. Everything but the clients has a default. */
export function createStorefront(
  options: Pick<Storefront, "clients"> & Partial<Storefront>,
): Hono<StorefrontEnv> {
  const shop: Storefront = {
    files: openStaticFiles(join(import.meta.dirname, "static"), "/static/"),
    message: undefined,
    hasSharedSession: false,
    sessionCookies: createSessionCookies(undefined),
    placedOrders: new PlacedOrders(),
    now: () => new Date(),
    random: Math.random,
    createId: () => crypto.randomUUID(),
    ...options,
  };
  const app = new Hono<StorefrontEnv>();
  app.onError((error, c) => sendFailure(c, error));
  app.notFound((c) => sendFailure(c, new HTTPException(404)));
  app.use(securityHeaders, forbidStoring, nameRoute, (c, next) => {
    c.set("shop", shop);
    return next();
  });
  app.get("/_healthz", (c) => c.text("ok"));
  app.get("/robots.txt", sendRobots);
  app.get("/static/*", sendFile);
  app.get("/product-meta/:ids", sendProductMeta);
  // Only the routes below need a session.
  app.use(openVisit, rejectCrossSite);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: sendNotAllowed }));
  app.get("/", showHome);
  app.get("/product/:id", (c) => showProduct(c, c.req.param("id")));
  app.get("/search", showResults);
  app.get("/cart", (c) => showCart(c));
  app.post("/cart", requireIssuedSession, addToCart);
  app.post("/cart/update", requireIssuedSession, changeQuantity);
  app.post("/cart/remove", requireIssuedSession, removeLine);
  app.post("/cart/empty", requireIssuedSession, emptyCart);
  app.post("/cart/checkout", requireIssuedSession, checkOut);
  app.get("/orders", showOrders);
  app.get("/orders/:id", (c) => showOrderById(c, c.req.param("id")));
  app.post("/setCurrency", setCurrency);
  app.get("/logout", showLogout);
  app.post("/logout", logOut);
  return app;
}

/** Reports the matched route, such as `/product/{id}`, for the span and the metric of the request. */
const nameRoute: MiddlewareHandler<StorefrontEnv> = (c, next) => {
  // Middleware matches too: its path `/*` matches all requests.
  const route = matchedRoutes(c).findLast(({ path }) => path !== "/*");
  if (route) c.env?.context.setRoute(route.path.replaceAll(/:(\w+)/g, "{$1}"));
  return next();
};

function sendNotAllowed(c: StorefrontContext, methods: string[]): Promise<Response> {
  c.header("allow", methods.join(", "));
  const message = `This page does not support ${c.req.method} requests.`;
  return sendFailure(c, new HTTPException(405, { message }));
}
