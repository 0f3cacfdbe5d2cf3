import type { Product } from "#protos/hipstershop.ts";

/** The products, with look-up and search. */
export type Catalog = ReturnType<typeof createCatalog>;

/** Creates a catalog. */
export function createCatalog(products: readonly Product[]) {
  const byId = new Map(products.map((product) => [product.id, product]));
  const searchable = products.map((product) => ({
    product,
    name: product.name.toLowerCase(),
    description: product.description.toLowerCase(),
  }));
  return {
    products,
    find: (id: string) => byId.get(id),
    /** Returns the products with the text in the name or description, ignoring case; all for "". */
    search: (text: string) => {
      const wanted = text.toLowerCase();
      return searchable
        .filter(({ name, description }) => name.includes(wanted) || description.includes(wanted))
        .map(({ product }) => product);
    },
  };
}
