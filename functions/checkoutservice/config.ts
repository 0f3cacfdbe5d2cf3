import { readEnvironment } from "#runtime/environment.ts";

/** The address of each function that checkout depends on, as `host:port`. */
export type DependencyAddresses = ReturnType<typeof readConfig>["addresses"];

/**
 * Reads the addresses of the dependencies, and K_SINK.
 *
 * @throws ConfigError naming each variable that is missing or invalid
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readEnvironment(env, (read) => ({
    addresses: {
      cartservice: read.address("CART_SERVICE_ADDR"),
      productcatalogservice: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
      currencyservice: read.address("CURRENCY_SERVICE_ADDR"),
      shippingservice: read.address("SHIPPING_SERVICE_ADDR"),
      paymentservice: read.address("PAYMENT_SERVICE_ADDR"),
      emailservice: read.address("EMAIL_SERVICE_ADDR"),
    },
    /** The sink of order-placed events. If it is undefined, the email service is called. */
    sink: read.optionalUrl("K_SINK", ["http:", "https:"]),
  }));
}
