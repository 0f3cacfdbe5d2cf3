import { readEnvironment } from "#runtime/environment.ts";
import type { DependencyAddresses } from "./shop/clients.ts";

/** The storefront's configuration. */
export interface FrontendConfig {
  /** `*_SERVICE_ADDR`: the dependencies. */
  readonly addresses: DependencyAddresses;
  /** ENABLE_SINGLE_SHARED_SESSION: all visitors share one session, and so one cart. */
  readonly hasSharedSession: boolean;
  /** FRONTEND_MESSAGE: a sentence above every page; none if undefined. */
  readonly message: string | undefined;
}

/**
 * Reads the storefront's configuration.
 *
 * @throws ConfigError with every variable that is missing or invalid
 */
export function readConfig(env: NodeJS.ProcessEnv): FrontendConfig {
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
  }));
}
