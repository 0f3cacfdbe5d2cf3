import type { Product } from "#protos/hipstershop.ts";

/** The products, with look-up and search. */
export interface Catalog {
  /** All products, in the order of the file. */
  readonly products: readonly Product[];
  /** Returns the product with exactly this id, or undefined. */
  find(id: string): Product | undefined;
  /** Returns the products with the text in the name or description, ignoring case; all for "". */
  search(text: string): Product[];
}

/** Creates a catalog. */
export function createCatalog(products: readonly Product[]): Catalog {
  const byId = new Map(products.map((product) => [product.id, product]));
  const searchable = products.map((product) => ({
    product,
    name: product.name.toLowerCase(),
    description: product.description.toLowerCase(),
  }));
  return {
    products,
    find: (id) => byId.get(id),
    search: (text) => {
      const wanted = text.toLowerCase();
      return searchable
        .filter(({ name, description }) => name.includes(wanted) || description.includes(wanted))
        .map(({ product }) => product);
    },
  };
}
