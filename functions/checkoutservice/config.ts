import { readEnvironment } from "#runtime/environment.ts";

/** The configuration of the checkout service. All addresses are `host:port`. */
export interface CheckoutConfig {
  /** CART_SERVICE_ADDR */
  cartAddress: string;
  /** PRODUCT_CATALOG_SERVICE_ADDR */
  catalogAddress: string;
  /** CURRENCY_SERVICE_ADDR */
  currencyAddress: string;
  /** SHIPPING_SERVICE_ADDR */
  shippingAddress: string;
  /** PAYMENT_SERVICE_ADDR */
  paymentAddress: string;
  /** EMAIL_SERVICE_ADDR */
  emailAddress: string;
  /** The sink of order-placed events (K_SINK). If it is undefined, the email service is called. */
  sink: URL | undefined;
}

/**
 * Reads the addresses of the dependencies, and K_SINK.
 *
 * @throws ConfigError naming each variable that is missing or invalid
 */
export function readConfig(env: NodeJS.ProcessEnv): Readonly<CheckoutConfig> {
  return readEnvironment(env, (read) => ({
    cartAddress: read.address("CART_SERVICE_ADDR"),
    catalogAddress: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
    currencyAddress: read.address("CURRENCY_SERVICE_ADDR"),
    shippingAddress: read.address("SHIPPING_SERVICE_ADDR"),
    paymentAddress: read.address("PAYMENT_SERVICE_ADDR"),
    emailAddress: read.address("EMAIL_SERVICE_ADDR"),
    sink: read.optionalUrl("K_SINK", ["http:", "https:"]),
  }));
}
