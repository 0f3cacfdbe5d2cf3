import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { renderHomePage } from "../pages/home.ts";
import { loadHeader } from "../shop/header-data.ts";
import { priceCatalog } from "../shop/prices.ts";

/** `GET /?category=`: all products, or those of one category. */
export async function showHome(c: StorefrontContext): Promise<Response> {
  const { shop, visit } = c.var;
  const category = c.req.query("category") ?? "";
  const listed = shop.clients.catalog.listProducts({});
  const priced = listed.then(({ products }) => priceCatalog(shop, products, visit.currencyCode));
  const [{ products: all }, header, { show }] = await Promise.all([
    listed,
    loadHeader(shop, visit, priced),
    priced,
  ]);
  const products = all
    .filter(({ categories }) => category === "" || categories.includes(category))
    .map(show);
  const categories = [...new Set(all.flatMap((product) => product.categories))];
  const body = renderHomePage({ products, categories, category });
  return sendPage(c, { title: category || "Home", body, header });
}
