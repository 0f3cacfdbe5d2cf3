import { log } from "#runtime/log.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import type { OrderContext, OrderHold } from "./hold.ts";
import { recordPlaced } from "./order-metrics.ts";
import { resultOf, withStates } from "./order-record.ts";

/**
 * Ships the items of an order whose state is `charged` or `shipping`. Afterwards its state is `placed`, or
 * `cancelling` if the items were not shipped or the outcome is not known.
 *
 * @throws LeaseLost, StoreError
 */
export async function shipItems(
  { clients, now, leaseMs }: OrderContext,
  hold: OrderHold,
): Promise<void> {
  const result = resultOf(hold.record);
  const { shippingAddress: address, items } = result;
  const request = {
    address,
    items: items.flatMap(({ item }) => item ?? []),
    shipmentId: hold.record.shipmentId,
  };
  let trackingId: string;
  try {
    const options = { isRepeatable: true, timeoutMs: leaseMs / 2 };
    ({ trackingId } = await clients.shipping.shipOrder(request, options));
  } catch (error) {
    const { code, message } = toStatusError(error);
    log.warn("the items of an order were not shipped: the order is undone", {
      order_id: hold.record.orderId,
      grpc_code: code,
    });
    return hold.write((record) => ({
      ...withStates(record, ["cancelling"], now()),
      failure: { code: "UNAVAILABLE", message: `shipping error: ${message}` },
    }));
  }
  await hold.write((record) => ({
    ...withStates(record, ["shipped", "placed"], now()),
    result: { ...requireObject(record.result), shippingTrackingId: trackingId },
  }));
  recordPlaced(hold.record);
}

// The JSON form is changed in place of the message, because it may have fields of a newer release.
function requireObject(json: unknown): object {
  if (typeof json === "object" && json !== null) return json;
  throw new StatusError("FAILED_PRECONDITION", "the record of an order has no result");
}
