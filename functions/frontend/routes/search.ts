import { HTTPException } from "hono/http-exception";
import { requireUtf8 } from "../forms/read-form.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { maxQueryLength, renderSearchPage } from "../pages/search.ts";
import { loadHeader } from "../shop/header-data.ts";
import { priceCatalog } from "../shop/prices.ts";

/** `GET /search?q=`: the products whose name or description contains the query. */
export async function showResults(c: StorefrontContext): Promise<Response> {
  const { shop, visit } = c.var;
  const query = readQuery(c);
  const found = shop.clients.catalog.searchProducts({ query });
  const priced = found.then(({ results }) => priceCatalog(shop, results, visit.currencyCode));
  const [header, { results }, { show }] = await Promise.all([
    loadHeader(shop, visit, priced),
    found,
    priced,
  ]);
  const title = query === "" ? "All products" : `Search for “${query}”`;
  return sendPage(c, { title, body: renderSearchPage(query, results.map(show)), header, query });
}

function readQuery(c: StorefrontContext): string {
  requireUtf8(c.req.url);
  const query = c.req.query("q")?.trim() ?? "";
  if (query.length <= maxQueryLength) return query;
  throw new HTTPException(400, {
    message: `The search text has ${query.length} characters. Enter at most ${maxQueryLength}.`,
  });
}
