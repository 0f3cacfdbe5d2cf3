import type { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { parseFields } from "../forms/read-form.ts";
import { sendPage } from "../http/send-page.ts";
import type { Storefront, StorefrontContext, StorefrontEnv } from "../http/storefront.ts";
import { maxQueryLength, renderSearchPage } from "../pages/search.ts";
import { loadHeader } from "../shop/header-data.ts";
import { priceProducts } from "../shop/prices.ts";

/** Search: `GET /search?q=`. */
export function addSearchRoutes(app: Hono<StorefrontEnv>, shop: Storefront): void {
  app.get("/search", (c) => showResults(c, shop));
}

async function showResults(c: StorefrontContext, shop: Storefront): Promise<Response> {
  const { upstreams, files } = shop;
  const { visit } = c.var;
  const query = readQuery(c);
  const [header, products] = await Promise.all([
    loadHeader(upstreams, visit),
    upstreams.catalog
      .searchProducts({ query })
      .then(({ results }) => priceProducts(upstreams, results, visit.currencyCode)),
  ]);
  const body = renderSearchPage({ query, products, fileUrl: files.url });
  const title = query === "" ? "All goods" : `Search for “${query}”`;
  return sendPage(c, shop, { title, body, header, query });
}

function readQuery(c: StorefrontContext): string {
  const [, encoded = ""] = /^[^?#]*\?([^#]*)/.exec(c.env.incoming.url ?? "") ?? [];
  const query = parseFields(encoded).get("q")?.trim() ?? "";
  if (query.length <= maxQueryLength) return query;
  throw new HTTPException(400, {
    message: `Search for at most ${maxQueryLength} characters; these were ${query.length}.`,
  });
}
