import {
  CartServiceDefinition,
  CurrencyServiceDefinition,
  EmailServiceDefinition,
  PaymentServiceDefinition,
  ProductCatalogServiceDefinition,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import type { DependencyAddresses } from "./config.ts";

/** The clients of checkout's dependencies. */
export type Clients = ReturnType<typeof createClients>;

/** Creates the clients. Each connects at its first call. */
export function createClients(addresses: DependencyAddresses) {
  const clients = {
    cart: createClient(CartServiceDefinition, addresses.cartservice),
    catalog: createClient(ProductCatalogServiceDefinition, addresses.productcatalogservice),
    currency: createClient(CurrencyServiceDefinition, addresses.currencyservice),
    shipping: createClient(ShippingServiceDefinition, addresses.shippingservice),
    payment: createClient(PaymentServiceDefinition, addresses.paymentservice),
    email: createClient(EmailServiceDefinition, addresses.emailservice),
  };
  const close = () => {
    for (const client of Object.values(clients)) client.close();
  };
  return { ...clients, close };
}
