import {
  AdServiceDefinition,
  CartServiceDefinition,
  CheckoutServiceDefinition,
  CurrencyServiceDefinition,
  ProductCatalogServiceDefinition,
  RecommendationServiceDefinition,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import type { DependencyAddresses } from "../config.ts";

/** The clients of the storefront's dependencies. */
export type Clients = ReturnType<typeof createClients>;

// Optional parts must not delay a page: a call gets 300 ms if its function is warm, and the time of a
// cold start if it is not. A failed call is not retried.
const optionalPart = { warmTimeoutMs: 300, timeoutMs: 5000, canRepeat: false };

// Products, rates, quotes and ads change rarely, and are the same for all visitors.
const kept = { isCached: true };

// Checkout calls six functions, each of which may be at zero.
const orderTimeoutMs = 30_000;

/** Creates the clients. Each connects at its first call. */
export function createClients(addresses: DependencyAddresses) {
  const { cartservice, productcatalogservice, currencyservice } = addresses;
  const { recommendationservice, adservice } = addresses;
  const clients = {
    catalog: createClient(ProductCatalogServiceDefinition, productcatalogservice, kept),
    currency: createClient(CurrencyServiceDefinition, currencyservice, kept),
    /** For the currencies to choose from, an optional part of a page. */
    currencyList: createClient(CurrencyServiceDefinition, currencyservice, {
      ...optionalPart,
      ...kept,
    }),
    cart: createClient(CartServiceDefinition, cartservice),
    /** For the number of items in the header, an optional part of a page. */
    headerCart: createClient(CartServiceDefinition, cartservice, optionalPart),
    shipping: createClient(ShippingServiceDefinition, addresses.shippingservice, kept),
    checkout: createClient(CheckoutServiceDefinition, addresses.checkoutservice, {
      timeoutMs: orderTimeoutMs,
    }),
    recommendation: createClient(
      RecommendationServiceDefinition,
      recommendationservice,
      optionalPart,
    ),
    ad: createClient(AdServiceDefinition, adservice, { ...optionalPart, ...kept }),
  };
  const close = () => {
    for (const client of Object.values(clients)) client.close();
  };
  return { ...clients, close };
}
