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

/** A client of each gRPC service of the shop. */
export type ShopClients = ReturnType<typeof createClients>;

/** Makes a client of each service; `addressOf` says where a function answers, by its name. */
export function createClients(addressOf: (functionName: string) => string) {
  const clients = {
    ad: createClient(AdServiceDefinition, addressOf("adservice")),
    cart: createClient(CartServiceDefinition, addressOf("cartservice")),
    checkout: createClient(CheckoutServiceDefinition, addressOf("checkoutservice")),
    currency: createClient(CurrencyServiceDefinition, addressOf("currencyservice")),
    email: createClient(EmailServiceDefinition, addressOf("emailservice")),
    payment: createClient(PaymentServiceDefinition, addressOf("paymentservice")),
    catalog: createClient(ProductCatalogServiceDefinition, addressOf("productcatalogservice")),
    recommendation: createClient(
      RecommendationServiceDefinition,
      addressOf("recommendationservice"),
    ),
    shipping: createClient(ShippingServiceDefinition, addressOf("shippingservice")),
  };
  return {
    ...clients,
    close: () => {
      for (const client of Object.values(clients)) client.close();
    },
  };
}
