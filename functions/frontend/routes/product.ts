import type { FieldErrors } from "../forms/read-form.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { renderProductPage } from "../pages/product.ts";
import { loadHeader } from "../shop/header-data.ts";
import { listKnownProducts, pickAd, suggestProducts } from "../shop/optional-parts.ts";
import { priceProducts } from "../shop/prices.ts";

/**
 * Sends the page of a product; with `errors` as the answer to a rejected form, with status 422.
 *
 * @throws StatusError NOT_FOUND if the catalog does not have the product
 */
export async function showProduct(
  c: StorefrontContext,
  id: string,
  errors?: FieldErrors,
): Promise<Response> {
  const { shop, visit } = c.var;
  const found = shop.clients.catalog.getProduct({ id });
  const suggested = suggestProducts(shop, listKnownProducts(shop), visit.sessionId, [id]);
  const [header, [product, ...suggestions], ad] = await Promise.all([
    loadHeader(shop, visit),
    Promise.all([found, suggested]).then(([first, others]) =>
      priceProducts(shop, [first, ...others], visit.currencyCode),
    ),
    found.then(({ categories }) => pickAd(shop, categories)),
  ]);
  if (!product) throw new Error(`product ${id} was not priced`);
  return sendPage(c, {
    title: errors ? `Error: ${product.name}` : product.name,
    body: renderProductPage({ product, suggestions, ad, errors }),
    header,
    status: errors ? 422 : 200,
  });
}
