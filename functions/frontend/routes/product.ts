import type { Hono } from "hono";
import type { FieldErrors } from "../forms/read-form.ts";
import { sendPage } from "../http/send-page.ts";
import type { Storefront, StorefrontContext, StorefrontEnv } from "../http/storefront.ts";
import { renderProductPage } from "../pages/product.ts";
import { loadHeader } from "../shop/header-data.ts";
import { priceProducts } from "../shop/prices.ts";
import { orElse, pickAd, suggestProducts } from "../shop/suggestions.ts";

/** The page of one product. */
export function addProductRoutes(app: Hono<StorefrontEnv>, shop: Storefront): void {
  app.get("/product/:id", (c) => showProductPage(c, shop, c.req.param("id")));
}

/**
 * Sends a product's page: as such, or with status 422 as the answer to a form that could not be
 * taken.
 *
 * @throws StatusError NOT_FOUND for a product that the catalog does not know
 */
export async function showProductPage(
  c: StorefrontContext,
  shop: Storefront,
  id: string,
  errors?: FieldErrors,
): Promise<Response> {
  const { upstreams, files, random } = shop;
  const { visit } = c.var;
  const listed = orElse("the catalog", [], async () => {
    const { products } = await upstreams.catalog.listProducts({});
    return products;
  });
  const found = upstreams.catalog.getProduct({ id });
  const suggested = suggestProducts(upstreams, listed, visit.sessionId, [id]);
  const [product, header, [shown, ...shownSuggestions], ad] = await Promise.all([
    found,
    loadHeader(upstreams, visit),
    Promise.all([found, suggested]).then(([product, suggestions]) =>
      priceProducts(upstreams, [product, ...suggestions], visit.currencyCode),
    ),
    found.then(({ categories }) => pickAd(upstreams, categories, random)),
  ]);
  if (!shown) throw new Error(`product ${id} was not priced`);
  const page = { product: shown, suggestions: shownSuggestions, ad, errors, fileUrl: files.url };
  return sendPage(c, shop, {
    title: errors ? `Error: ${product.name}` : product.name,
    body: renderProductPage(page),
    header,
    status: errors ? 422 : 200,
    canSwitchCurrency: !errors,
  });
}
