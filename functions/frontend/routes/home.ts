import type { Hono } from "hono";
import { loadHeader } from "../header-data.ts";
import { renderHomePage } from "../pages/home.ts";
import { priceProducts } from "../prices.ts";
import { sendPage } from "../send-page.ts";
import type { Storefront, StorefrontContext, StorefrontEnv } from "../storefront.ts";

/** The first page: all goods, or those of one category. */
export function addHomeRoutes(app: Hono<StorefrontEnv>, shop: Storefront): void {
  app.get("/", (c) => showHome(c, shop));
}

async function showHome(c: StorefrontContext, shop: Storefront): Promise<Response> {
  const { upstreams, files } = shop;
  const { visit } = c.var;
  const category = c.req.query("category") ?? "";
  const listed = upstreams.catalog.listProducts({});
  const [{ products }, header, shown] = await Promise.all([
    listed,
    loadHeader(upstreams, visit),
    listed.then(({ products }) => {
      const chosen = products.filter(
        ({ categories }) => category === "" || categories.includes(category),
      );
      return priceProducts(upstreams, chosen, visit.currencyCode);
    }),
  ]);
  const body = renderHomePage({
    products: shown,
    categories: [...new Set(products.flatMap((product) => product.categories))],
    category,
    fileUrl: files.url,
  });
  return sendPage(c, shop, { title: category || "Home", body, header });
}
