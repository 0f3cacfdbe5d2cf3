import type { OrderResult, SendOrderConfirmationRequest } from "#protos/hipstershop.ts";

const usd = (units: bigint, nanos: number) => ({ currencyCode: "USD", units, nanos });

/** An order of two products, with changes on top. */
export function makeOrder(changes: Partial<OrderResult> = {}): OrderResult {
  return {
    orderId: "0b1a1c1e-73a5-4f0f-8d0e-0d9f2c3f7a11",
    shippingTrackingId: "KB-20123-101234567",
    shippingCost: usd(8n, 990_000_000),
    shippingAddress: {
      streetAddress: "1600 Amphitheatre Parkway",
      city: "Mountain View",
      state: "CA",
      country: "United States",
      zipCode: 94_043,
    },
    items: [
      { item: { productId: "OLJCESPC7Z", quantity: 2 }, cost: usd(19n, 990_000_000) },
      { item: { productId: "6E92ZMYYFZ", quantity: 1 }, cost: usd(8n, 990_000_000) },
    ],
    total: usd(57n, 960_000_000),
    ...changes,
  };
}

/** A request to confirm it, with changes on top. */
export function makeRequest(
  changes: Partial<SendOrderConfirmationRequest> = {},
): SendOrderConfirmationRequest {
  return { email: "someone@example.com", order: makeOrder(), ...changes };
}
