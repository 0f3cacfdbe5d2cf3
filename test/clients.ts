import {
  AdServiceDefinition,
  CartServiceDefinition,
  CheckoutServiceDefinition,
  CurrencyServiceDefinition,
  EmailServiceDefinition,
  PaymentServiceDefinition,
  ProductCatalogServiceDefinition,
  RecommendationServiceDefinition,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import type { ServiceDefinition } from "#runtime/rpc.ts";

/** A client of each gRPC service of the shop. */
export type ShopClients = ReturnType<typeof createClients>;

/**
 * Makes a client of each service; `addressOf` says where a function answers, by its name, and
 * `authorityOf` what to ask a gateway for.
 */
export function createClients(
  addressOf: (functionName: string) => string,
  authorityOf: (functionName: string) => string | undefined = () => undefined,
) {
  const create = <const D extends ServiceDefinition>(definition: D, name: string) => {
    const authority = authorityOf(name);
    return createClient(definition, addressOf(name), authority ? { authority } : {});
  };
  const clients = {
    ad: create(AdServiceDefinition, "adservice"),
    cart: create(CartServiceDefinition, "cartservice"),
    checkout: create(CheckoutServiceDefinition, "checkoutservice"),
    currency: create(CurrencyServiceDefinition, "currencyservice"),
    email: create(EmailServiceDefinition, "emailservice"),
    payment: create(PaymentServiceDefinition, "paymentservice"),
    catalog: create(ProductCatalogServiceDefinition, "productcatalogservice"),
    recommendation: create(RecommendationServiceDefinition, "recommendationservice"),
    shipping: create(ShippingServiceDefinition, "shippingservice"),
  };
  return {
    ...clients,
    close: () => {
      for (const client of Object.values(clients)) client.close();
    },
  };
}
