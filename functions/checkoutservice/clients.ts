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
import type { Callees } from "#runtime/prewarm.ts";
import type { Client } from "#runtime/rpc.ts";
import type { CheckoutConfig } from "./config.ts";

/** The services that an order needs. */
export interface Clients {
  readonly cart: Client<typeof CartServiceDefinition>;
  readonly catalog: Client<typeof ProductCatalogServiceDefinition>;
  readonly currency: Client<typeof CurrencyServiceDefinition>;
  readonly shipping: Client<typeof ShippingServiceDefinition>;
  readonly payment: Client<typeof PaymentServiceDefinition>;
  readonly email: Client<typeof EmailServiceDefinition>;
}

/** Makes the clients; none of them connects before its first call. */
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
 * The functions that an order needs, by name. With a sink the mail is an event: who receives it is
 * not known.
 */
export function dependenciesOf(config: CheckoutConfig, sink: EventSink | undefined): Callees {
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
