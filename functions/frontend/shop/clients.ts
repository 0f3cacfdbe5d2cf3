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
import type { Client } from "#runtime/rpc.ts";
import type { UpstreamAddresses } from "../config.ts";

/** The functions that the storefront calls. */
export interface Upstreams {
  readonly catalog: Client<typeof ProductCatalogServiceDefinition>;
  readonly currency: Client<typeof CurrencyServiceDefinition>;
  readonly cart: Client<typeof CartServiceDefinition>;
  /** The cart service for the number in a page's header, which is an optional part of the page. */
  readonly headerCart: Client<typeof CartServiceDefinition>;
  readonly recommendation: Client<typeof RecommendationServiceDefinition>;
  readonly shipping: Client<typeof ShippingServiceDefinition>;
  readonly checkout: Client<typeof CheckoutServiceDefinition>;
  readonly ad: Client<typeof AdServiceDefinition>;
  /** Closes all channels. */
  close(): void;
}

// A page is not worth holding back for its extras: they get a moment while their function is warm,
// and as long as a cold start takes while it is at zero. One that fails is not asked again.
const optionalPart = { warmTimeoutMs: 300, timeoutMs: 5000, canRepeat: false };

// An order calls six more functions, each of which may be at zero.
const orderTimeoutMs = 30_000;

/** The functions that the storefront calls, by name. */
export function calleesOf(addresses: UpstreamAddresses): Record<string, string> {
  return {
    productcatalogservice: addresses.catalog,
    currencyservice: addresses.currency,
    cartservice: addresses.cart,
    recommendationservice: addresses.recommendation,
    shippingservice: addresses.shipping,
    checkoutservice: addresses.checkout,
    adservice: addresses.ad,
  };
}

/** Makes the clients; none connects before its first call. */
export function connectUpstreams(addresses: UpstreamAddresses): Upstreams {
  const clients = {
    catalog: createClient(ProductCatalogServiceDefinition, addresses.catalog),
    currency: createClient(CurrencyServiceDefinition, addresses.currency),
    cart: createClient(CartServiceDefinition, addresses.cart),
    headerCart: createClient(CartServiceDefinition, addresses.cart, optionalPart),
    shipping: createClient(ShippingServiceDefinition, addresses.shipping),
    checkout: createClient(CheckoutServiceDefinition, addresses.checkout, {
      timeoutMs: orderTimeoutMs,
    }),
    recommendation: createClient(
      RecommendationServiceDefinition,
      addresses.recommendation,
      optionalPart,
    ),
    ad: createClient(AdServiceDefinition, addresses.ad, optionalPart),
  };
  const close = () => {
    for (const client of Object.values(clients)) client.close();
  };
  return { ...clients, close };
}
