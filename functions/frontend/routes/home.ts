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
  const [{ products }, header] = await Promise.all([
    upstreams.catalog.listProducts({}),
    loadHeader(upstreams, visit),
  ]);
  const category = c.req.query("category") ?? "";
  const shown = products.filter(
    ({ categories }) => category === "" || categories.includes(category),
  );
  const body = renderHomePage({
    products: await priceProducts(upstreams, shown, visit.currencyCode),
    categories: [...new Set(products.flatMap((product) => product.categories))],
    category,
    fileUrl: files.url,
  });
  return sendPage(c, shop, { title: category || "Home", body, header });
}
