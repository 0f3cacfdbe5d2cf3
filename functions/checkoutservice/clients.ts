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

/** The methods that an order needs. */
export interface OrderClients {
  /** Reads the cart, and removes what was ordered. */
  readonly cart: Pick<Clients["cart"], "getCart" | "removeItems" | "emptyCart">;
  /** Returns prices. */
  readonly catalog: Pick<Clients["catalog"], "getProduct" | "getProducts">;
  /** Converts amounts. */
  readonly currency: Pick<Clients["currency"], "convertBatch">;
  /** Quotes, ships and cancels shipments. */
  readonly shipping: Pick<Clients["shipping"], "getQuote" | "shipOrder" | "cancelShipment">;
  /** Charges and refunds. */
  readonly payment: Pick<Clients["payment"], "charge" | "refund">;
}

/** The clients of checkout's dependencies. */
export type Clients = ReturnType<typeof createClients>;

// As long as these functions allow it.
const kept = { isCached: true };

/** Creates the clients. Each connects at its first call. */
export function createClients(addresses: DependencyAddresses) {
  const { productcatalogservice, currencyservice, shippingservice } = addresses;
  const clients = {
    cart: createClient(CartServiceDefinition, addresses.cartservice),
    catalog: createClient(ProductCatalogServiceDefinition, productcatalogservice, kept),
    currency: createClient(CurrencyServiceDefinition, currencyservice, kept),
    shipping: createClient(ShippingServiceDefinition, shippingservice, kept),
    payment: createClient(PaymentServiceDefinition, addresses.paymentservice),
    email: createClient(EmailServiceDefinition, addresses.emailservice),
  };
  const close = () => {
    for (const client of Object.values(clients)) client.close();
  };
  return { ...clients, close };
}
