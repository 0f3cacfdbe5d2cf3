import type { Hono } from "hono";
import { sendPage } from "../http/send-page.ts";
import type { Storefront, StorefrontContext, StorefrontEnv } from "../http/storefront.ts";
import { renderHomePage } from "../pages/home.ts";
import { loadHeader } from "../shop/header-data.ts";
import { priceProducts } from "../shop/prices.ts";

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
