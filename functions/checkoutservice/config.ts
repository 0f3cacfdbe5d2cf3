import { readEnvironment } from "#runtime/environment.ts";
import type { DependencyAddresses } from "./clients.ts";

/** The configuration of the checkout service. */
export interface CheckoutConfig {
  /** `*_SERVICE_ADDR`: the dependencies. */
  readonly addresses: DependencyAddresses;
  /** K_SINK: the sink of order-placed events. If it is undefined, the email service is called. */
  readonly sink: URL | undefined;
}

/**
 * Reads the addresses of the dependencies, and K_SINK.
 *
 * @throws ConfigError naming each variable that is missing or invalid
 */
export function readConfig(env: NodeJS.ProcessEnv): CheckoutConfig {
  return readEnvironment(env, (read) => ({
    addresses: {
      cartservice: read.address("CART_SERVICE_ADDR"),
      productcatalogservice: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
      currencyservice: read.address("CURRENCY_SERVICE_ADDR"),
      shippingservice: read.address("SHIPPING_SERVICE_ADDR"),
      paymentservice: read.address("PAYMENT_SERVICE_ADDR"),
      emailservice: read.address("EMAIL_SERVICE_ADDR"),
    },
    sink: read.optionalUrl("K_SINK", ["http:", "https:"]),
  }));
}
