import type { FieldErrors } from "../forms/read-form.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { renderProductPage } from "../pages/product.ts";
import { loadHeader } from "../shop/header-data.ts";
import { listKnownProducts, pickAd, suggestProducts } from "../shop/optional-parts.ts";
import { priceCatalog } from "../shop/prices.ts";

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
  const listed = listKnownProducts(shop);
  // A product that is newer than a kept list is not in it.
  const found = listed.then(
    (all) => all.find((each) => each.id === id) ?? shop.clients.catalog.getProduct({ id }),
  );
  const priced = Promise.all([listed, found]).then(([all, product]) => {
    const catalog = all.includes(product) ? all : [...all, product];
    return priceCatalog(shop, catalog, visit.currencyCode);
  });
  const [header, { show }, wanted, others, ad] = await Promise.all([
    loadHeader(shop, visit, priced),
    priced,
    found,
    suggestProducts(shop, listed, visit.sessionId, [id]),
    found.then(({ categories }) => pickAd(shop, categories)),
  ]);
  const product = show(wanted);
  return sendPage(c, {
    title: errors ? `Error: ${product.name}` : product.name,
    body: renderProductPage({ product, suggestions: others.map(show), ad, errors }),
    header,
    status: errors ? 422 : 200,
  });
}
