import type { Hono } from "hono";
import { answerFile, type StaticFile } from "#runtime/static-files.ts";
import { StatusError } from "#runtime/status.ts";
import { sendFailure } from "../http/send-failure.ts";
import type { Storefront, StorefrontContext, StorefrontEnv } from "../http/storefront.ts";
import { priceOf } from "../shop/prices.ts";

/** What is no page: files, the probe, robots.txt, and product data as JSON. */
export function addPlainRoutes(app: Hono<StorefrontEnv>, shop: Storefront): void {
  app.get("/_healthz", (c) => c.text("ok"));
  app.get("/robots.txt", (c) => {
    c.header("cache-control", `public, max-age=${daySeconds}`);
    return c.text(robots);
  });
  app.get("/static/*", (c) => {
    const file = shop.files.find(c.req.path);
    return file ? sendFile(c, file) : sendFailure(c, shop, 404);
  });
  app.get("/product-meta/:ids", (c) => sendProductMeta(c, shop));
}

const daySeconds = 86_400;

// Crawlers read the goods. The rest depends on a visitor or has no end, as the results of searches.
const robots = `User-agent: *
Disallow: /cart
Disallow: /logout
Disallow: /product-meta/
Disallow: /search
Disallow: /setCurrency
`;

function sendFile(c: StorefrontContext, file: StaticFile): Response {
  // An address with the file's version never means another file.
  const isVersioned = c.req.query("v") === file.version;
  c.header(
    "cache-control",
    isVersioned
      ? `public, max-age=${365 * daySeconds}, immutable`
      : `public, max-age=${daySeconds / 24}`,
  );
  const answer = answerFile(file, c.req.header("accept-encoding"), c.req.header("if-none-match"));
  return c.newResponse(answer.body, answer.status, { ...answer.headers });
}

// Online Boutique's JSON, for tools that read it there.
async function sendProductMeta(c: StorefrontContext, { upstreams }: Storefront) {
  try {
    const product = await upstreams.catalog.getProduct({ id: c.req.param("ids") ?? "" });
    const { id, name, description, picture, categories } = product;
    const { currencyCode, units, nanos } = priceOf(product);
    const price_usd = { currency_code: currencyCode, units: Number(units), nanos };
    return c.json({ id, name, description, picture, price_usd, categories });
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== "NOT_FOUND") throw error;
    return c.json({ error: "There is no product with this ID." }, 404);
  }
}
