import type { Product } from "#protos/hipstershop.ts";

/** The products, with lookup by id and search. */
export type Catalog = ReturnType<typeof createCatalog>;

/** Creates a catalog. */
export function createCatalog(products: readonly Product[]) {
  const byId = new Map(products.map((product) => [product.id, product]));
  return {
    products,
    find: (id: string) => byId.get(id),
    /** Returns the products with the text in the name or description, ignoring case; all for "". */
    search: (text: string) => {
      const wanted = text.toLowerCase();
      return products.filter(({ name, description }) =>
        [name, description].some((each) => each.toLowerCase().includes(wanted)),
      );
    },
  };
}
