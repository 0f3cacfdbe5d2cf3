import { readEnvironment } from "#runtime/environment.ts";

/** Where the storefront's callees answer, as `host:port`. */
export interface UpstreamAddresses {
  /** PRODUCT_CATALOG_SERVICE_ADDR. */
  catalog: string;
  /** CURRENCY_SERVICE_ADDR. */
  currency: string;
  /** CART_SERVICE_ADDR. */
  cart: string;
  /** RECOMMENDATION_SERVICE_ADDR. */
  recommendation: string;
  /** SHIPPING_SERVICE_ADDR. */
  shipping: string;
  /** CHECKOUT_SERVICE_ADDR. */
  checkout: string;
  /** AD_SERVICE_ADDR. */
  ad: string;
}

/** What the storefront reads from its environment. */
export interface FrontendConfig {
  /** The callees. */
  addresses: UpstreamAddresses;
  /** ENABLE_SINGLE_SHARED_SESSION: everybody shares one session, and so one cart. */
  hasSharedSession: boolean;
  /** FRONTEND_MESSAGE: a sentence above every page, if there is one. */
  message: string | undefined;
}

/**
 * Reads the storefront's configuration.
 *
 * @throws ConfigError naming each variable that is missing or wrong
 */
export function readConfig(env: NodeJS.ProcessEnv): Readonly<FrontendConfig> {
  return readEnvironment(env, (read) => ({
    addresses: {
      catalog: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
      currency: read.address("CURRENCY_SERVICE_ADDR"),
      cart: read.address("CART_SERVICE_ADDR"),
      recommendation: read.address("RECOMMENDATION_SERVICE_ADDR"),
      shipping: read.address("SHIPPING_SERVICE_ADDR"),
      checkout: read.address("CHECKOUT_SERVICE_ADDR"),
      ad: read.address("AD_SERVICE_ADDR"),
    },
    hasSharedSession:
      read.oneOf("ENABLE_SINGLE_SHARED_SESSION", ["true", "false"], "false") === "true",
    message: read.optionalString("FRONTEND_MESSAGE"),
  }));
}
