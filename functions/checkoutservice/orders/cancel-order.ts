import { log } from "#runtime/log.ts";
import { toStatusError } from "#runtime/status.ts";
import type { OrderContext, OrderHold } from "./hold.ts";
import { recordSettled } from "./order-metrics.ts";
import { resultOf, withStates } from "./order-record.ts";

/**
 * Undoes an order whose state is `cancelling`: cancels the shipment, then refunds the charge, both of which
 * also forbid a later call with the same id. Afterwards its state is `refunded`, or `failed` if nothing was
 * charged. If a step fails, the state stays `cancelling`, and a sweep continues.
 *
 * @throws LeaseLost, StoreError
 */
export async function cancelOrder(context: OrderContext, hold: OrderHold): Promise<void> {
  const { clients, now, leaseMs } = context;
  const { orderId, transactionId, shipmentId } = hold.record;
  const amount = resultOf(hold.record).total;
  const options = { timeoutMs: leaseMs / 2 };
  let refundId: string;
  try {
    await cancelShipment(context, shipmentId);
    // A write renews the lease for the next call.
    await hold.write((record) => record);
    ({ refundId } = await clients.payment.refund({ transactionId, amount }, options));
  } catch (error) {
    const { code } = toStatusError(error);
    log.warn("an order could not be undone: the next sweep continues", {
      order_id: orderId,
      grpc_code: code,
      error,
    });
    return;
  }
  const outcome = refundId === "" ? "failed" : "refunded";
  await hold.write((record) => withStates(record, [outcome], now()));
  recordSettled(hold.record);
}

async function cancelShipment(
  { clients, leaseMs }: OrderContext,
  shipmentId: string,
): Promise<void> {
  try {
    await clients.shipping.cancelShipment({ shipmentId }, { timeoutMs: leaseMs / 2 });
  } catch (error) {
    // Online Boutique's shipping service has no shipments that could be cancelled.
    if (toStatusError(error).code !== "UNIMPLEMENTED") throw error;
  }
}
