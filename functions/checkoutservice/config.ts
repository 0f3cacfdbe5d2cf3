import { readEnvironment } from "#runtime/environment.ts";

/** What the checkout service reads from its environment. All addresses are `host:port`. */
export interface CheckoutConfig {
  cartAddress: string;
  catalogAddress: string;
  currencyAddress: string;
  shippingAddress: string;
  paymentAddress: string;
  emailAddress: string;
  /** Where order-placed events go (K_SINK); without it the email service is called. */
  sink: URL | undefined;
}

/**
 * Reads the callees' addresses and K_SINK.
 *
 * @throws ConfigError naming each variable that is missing or wrong
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
