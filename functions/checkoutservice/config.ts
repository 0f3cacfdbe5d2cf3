import { readEnvironment } from "#runtime/environment.ts";
import { readRecordStoreConfig } from "#runtime/store/store-config.ts";

/** The address of each function that checkout depends on, as `host:port`. */
export type DependencyAddresses = ReturnType<typeof readConfig>["addresses"];

/**
 * Reads the addresses of the dependencies, K_SINK, ORDER_LEASE, ORDER_RETENTION and the location of the
 * store.
 *
 * @throws ConfigError naming each variable that is missing or invalid
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readEnvironment(env, (read) => ({
    ...readRecordStoreConfig(read, "ORDER_RETENTION"),
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
    /** How long a process that stopped keeps its orders, in milliseconds; a call may take half of it. */
    leaseMs: read.durationMs("ORDER_LEASE", "20s", "1s"),
  }));
}

/**
 * Reads the address of checkoutservice itself, which the program calls if it is run as a sweep.
 *
 * @throws ConfigError if CHECKOUT_SERVICE_ADDR is missing or invalid
 */
export function readSweepConfig(env: NodeJS.ProcessEnv) {
  return readEnvironment(env, (read) => ({ address: read.address("CHECKOUT_SERVICE_ADDR") }));
}
