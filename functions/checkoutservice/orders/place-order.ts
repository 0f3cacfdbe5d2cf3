import { type Cart, OrderResult, type PlaceOrderResponse } from "#protos/hipstershop.ts";
import { nameBasedId } from "#runtime/name-based-id.ts";
import { orderIdOf } from "#runtime/order-id.ts";
import { withoutCancellation } from "#runtime/request-context.ts";
import { StatusError } from "#runtime/status.ts";
import { explainStoreErrors } from "#runtime/store/store-error.ts";
import { withReason } from "./answer.ts";
import type { OrderCall } from "./before-deadline.ts";
import { chargeCard } from "./charge-card.ts";
import type { CheckedOrder } from "./check-order.ts";
import { createOrder, type OrderContext, readEntry } from "./hold.ts";
import { answerFrom, joinOrder } from "./join-order.ts";
import { type OrderRecord, recordFormat, withStates } from "./order-record.ts";
import { type PreparedOrder, prepareOrder } from "./prepare-order.ts";
import { settleOrder } from "./settle-order.ts";
import { runStep } from "./step-error.ts";

/**
 * Places an order, or returns the order of an earlier call with the same request id. A cancellation by the
 * caller ends it until the card is charged. From then on it is completed, by an order or by a refund.
 *
 * @throws StatusError with a reason in its ErrorInfo, as `docs/orders.md` describes
 */
export async function placeOrder(
  context: OrderContext,
  order: CheckedOrder,
  call: OrderCall,
): Promise<PlaceOrderResponse> {
  const { userId, requestId } = order;
  const newId = () => (requestId === undefined ? context.newId() : orderIdOf(userId, requestId));
  let orderId = newId();
  try {
    for (;;) {
      const answer = await attempt(context, orderId, order, call);
      if (answer) return answer;
      orderId = newId();
    }
  } catch (error) {
    // Other errors are those of the journal.
    if (error instanceof StatusError) throw error;
    const failure = explainStoreErrors("Can't access order storage.", () => Promise.reject(error));
    // With a request id, an earlier call may have placed the order.
    const reason = requestId === undefined ? "NOTHING_CHARGED" : "OUTCOME_PENDING";
    throw withReason(await failure.catch((status: unknown) => status), reason, orderId);
  }
}

// Undefined if another call with the same request id has created or deleted the order meanwhile.
async function attempt(
  context: OrderContext,
  orderId: string,
  order: CheckedOrder,
  call: OrderCall,
): Promise<PlaceOrderResponse | undefined> {
  const { userId, requestId } = order;
  const cart = runStep("cart failure", () => context.clients.cart.getCart({ userId }));
  const preparing = prepare(context, order, cart, call);
  // Without this, its failure would be unhandled while the journal is read.
  preparing.catch(() => undefined);
  const existing = requestId === undefined ? undefined : await readEntry(context, orderId);
  if (existing) return joinOrder(context, existing, call);
  let prepared: PreparedOrder;
  try {
    prepared = await preparing;
  } catch (error) {
    // Another call with the same request id may have placed the order meanwhile, which changes the cart.
    if (requestId !== undefined && (await readEntry(context, orderId))) return undefined;
    throw error;
  }
  const hold = await createOrder(context, newRecord(context, orderId, order, prepared));
  if (!hold) return undefined;
  return withoutCancellation(() =>
    answerFrom(context, hold, call, async (onAnswerable) => {
      await chargeCard(context, hold, order.creditCard);
      await settleOrder(context, hold, onAnswerable);
    }),
  );
}

// Random UUIDs.
const transactionNamespace = "5d8f6c0e-3b1a-4d77-9e42-8a6f1c2b7d90";
const shipmentNamespace = "c27a9e14-6f05-4b8d-a3d1-0e95b7f4286c";

async function prepare(
  context: OrderContext,
  order: CheckedOrder,
  cart: Promise<Cart>,
  { signal }: OrderCall,
): Promise<PreparedOrder> {
  try {
    const prepared = await prepareOrder(context, order, cart);
    if (signal.aborted) {
      throw new StatusError("CANCELLED", "the call was cancelled before the card was charged");
    }
    return prepared;
  } catch (error) {
    throw withReason(error, "NOTHING_CHARGED");
  }
}

function newRecord(
  { now, retentionMs }: OrderContext,
  orderId: string,
  { userId, email, address }: CheckedOrder,
  { items, shippingCost, total }: PreparedOrder,
): OrderRecord {
  const shippingTrackingId = "";
  const shippingAddress = address;
  const result = { orderId, shippingTrackingId, shippingCost, shippingAddress, items, total };
  const nowMs = now();
  const record: OrderRecord = {
    format: recordFormat,
    orderId,
    userId,
    state: "received",
    history: [],
    email,
    result: OrderResult.toJSON(result),
    transactionId: nameBasedId(transactionNamespace, orderId),
    shipmentId: nameBasedId(shipmentNamespace, orderId),
    isCartUpdated: false,
    isEventAccepted: false,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + retentionMs,
  };
  return withStates(record, ["received", "charging"], nowMs);
}
