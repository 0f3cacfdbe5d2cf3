import { nameBasedId } from "./name-based-id.ts";

// A random UUID; hipstershop.proto documents it, because callers derive order ids with it.
const orderNamespace = "e98498a2-defd-4051-9d97-26b4458d64c8";

/**
 * Derives the id of the order that a user places with a request id, as `PlaceOrderRequest.request_id`
 * documents it. Therefore a caller that got no response can ask for the order.
 *
 * @param requestId a UUID in upper or lower case
 */
export function orderIdOf(userId: string, requestId: string): string {
  return nameBasedId(orderNamespace, userId, requestId.toLowerCase());
}
