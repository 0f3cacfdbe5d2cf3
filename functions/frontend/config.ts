import { readEnvironment } from "#runtime/environment.ts";

/** The address of each function that the storefront depends on, as `host:port`. */
export type DependencyAddresses = ReturnType<typeof readConfig>["addresses"];

/**
 * Reads the storefront's configuration.
 *
 * @throws ConfigError with every variable that is missing or invalid
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readEnvironment(env, (read) => ({
    addresses: {
      productcatalogservice: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
      currencyservice: read.address("CURRENCY_SERVICE_ADDR"),
      cartservice: read.address("CART_SERVICE_ADDR"),
      recommendationservice: read.address("RECOMMENDATION_SERVICE_ADDR"),
      shippingservice: read.address("SHIPPING_SERVICE_ADDR"),
      checkoutservice: read.address("CHECKOUT_SERVICE_ADDR"),
      adservice: read.address("AD_SERVICE_ADDR"),
    },
    hasSharedSession:
      read.oneOf("ENABLE_SINGLE_SHARED_SESSION", ["true", "false"], "false") === "true",
    message: read.optionalString("FRONTEND_MESSAGE"),
    /** The keys of the session cookies, which all instances share; a random one per process if undefined. */
    sessionKeys: read.optionalKeys("SESSION_KEY", 32),
  }));
}
