import { cancelOrder } from "./cancel-order.ts";
import { completeOrder } from "./complete-order.ts";
import type { OrderContext, OrderHold } from "./hold.ts";
import { isPlaced, withStates } from "./order-record.ts";
import { shipItems } from "./ship-items.ts";

/**
 * Makes the steps that are left of an order. An order whose charge has an unknown
 * outcome is undone, because the card is not stored. Each step can be repeated.
 *
 * @param onAnswerable called once the caller of PlaceOrder can be answered
 * @throws LeaseLost, StoreError
 */
export async function settleOrder(
  context: OrderContext,
  hold: OrderHold,
  onAnswerable?: () => void,
): Promise<void> {
  if (hold.record.state === "received" || hold.record.state === "charging") {
    const message = "the order was interrupted before its charge was recorded";
    await hold.write((record) => ({
      ...withStates(record, ["cancelling"], context.now()),
      failure: { code: "UNAVAILABLE", message },
    }));
  }
  const { state } = hold.record;
  if (state === "charged" || state === "shipping") await shipItems(context, hold);
  if (hold.record.state === "cancelling") await cancelOrder(context, hold);
  if (isPlaced(hold.record)) await completeOrder(context, hold, onAnswerable);
}
