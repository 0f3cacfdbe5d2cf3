import {
  CartServiceDefinition,
  CurrencyServiceDefinition,
  EmailServiceDefinition,
  PaymentServiceDefinition,
  ProductCatalogServiceDefinition,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import type { EventSink } from "#runtime/deliver-event.ts";
import type { Dependencies } from "#runtime/prewarm.ts";
import type { Client } from "#runtime/rpc.ts";
import type { CheckoutConfig } from "./config.ts";

/** The clients of the functions that an order needs. */
export interface Clients {
  /** Reads and empties the cart. */
  readonly cart: Client<typeof CartServiceDefinition>;
  /** Returns prices in US dollars. */
  readonly catalog: Client<typeof ProductCatalogServiceDefinition>;
  /** Converts all amounts of an order. */
  readonly currency: Client<typeof CurrencyServiceDefinition>;
  /** Quotes and ships. */
  readonly shipping: Client<typeof ShippingServiceDefinition>;
  /** Charges and refunds. */
  readonly payment: Client<typeof PaymentServiceDefinition>;
  /** Confirms the order if there is no sink. */
  readonly email: Client<typeof EmailServiceDefinition>;
}

/** Creates the clients; each connects at its first call. */
export function createClients(config: CheckoutConfig): Clients {
  return {
    cart: createClient(CartServiceDefinition, config.cartAddress),
    catalog: createClient(ProductCatalogServiceDefinition, config.catalogAddress),
    currency: createClient(CurrencyServiceDefinition, config.currencyAddress),
    shipping: createClient(ShippingServiceDefinition, config.shippingAddress),
    payment: createClient(PaymentServiceDefinition, config.paymentAddress),
    email: createClient(EmailServiceDefinition, config.emailAddress),
  };
}

/**
 * The dependencies of checkout by function name. With a sink, the confirmation is an event, whose
 * receivers are not known.
 */
export function dependenciesOf(config: CheckoutConfig, sink: EventSink | undefined): Dependencies {
  return {
    cartservice: config.cartAddress,
    productcatalogservice: config.catalogAddress,
    currencyservice: config.currencyAddress,
    shippingservice: config.shippingAddress,
    paymentservice: config.paymentAddress,
    ...(sink ? { sink } : { emailservice: config.emailAddress }),
  };
}

/** Closes all clients. */
export function closeClients(clients: Clients): void {
  for (const client of Object.values(clients)) client.close();
}
