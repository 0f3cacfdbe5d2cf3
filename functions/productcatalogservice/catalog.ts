import { ListProductsResponse, type Product } from "#protos/hipstershop.ts";
import type { CachePolicy } from "#runtime/cache-policy.ts";
import { asConstant } from "#runtime/encode-message.ts";
import { nameBasedId } from "#runtime/name-based-id.ts";

/** The products, with lookup by id and search. */
export type Catalog = ReturnType<typeof createCatalog>;

// A random UUID.
const versionNamespace = "4f0e9d3b-6a52-4c1f-8a37-5d1b70c2e6f8";

// Within these seconds a client does not ask again.
const maxFreshS = 5;

/**
 * Creates a catalog.
 *
 * @param lifetimeMs milliseconds for which a client may show a product after the response; 0 by default
 */
export function createCatalog(products: readonly Product[], lifetimeMs: number = 0) {
  const lifetimeS = Math.floor(lifetimeMs / 1000);
  const maxAgeS = Math.min(lifetimeS, maxFreshS);
  const byId = new Map(products.map((product) => [product.id, product]));
  let cachePolicy: Required<CachePolicy> | undefined;
  let list: ListProductsResponse | undefined;
  // Computed by the first request, so that it does not delay a cold start.
  const policy = () => {
    cachePolicy ??= {
      maxAgeS,
      staleWhileRevalidateS: lifetimeS - maxAgeS,
      etag: versionOf(products),
    };
    return cachePolicy;
  };
  return {
    products,
    /** The list of all products. */
    get list(): ListProductsResponse {
      list ??= asConstant({ products: [...products], version: policy().etag });
      return list;
    },
    /** Identifies the content: catalogs with the same products in the same order have the same version. */
    get version() {
      return policy().etag;
    },
    /** How long clients may use products again, with the version. */
    get cachePolicy(): CachePolicy {
      return policy();
    },
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

function versionOf(products: readonly Product[]): string {
  const content = ListProductsResponse.encode({ products: [...products] }).finish();
  return nameBasedId(versionNamespace, Buffer.from(content).toString("base64"));
}
