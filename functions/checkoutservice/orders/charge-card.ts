import type { CreditCardInfo } from "#protos/hipstershop.ts";
import { CircuitOpenError } from "#runtime/circuit-breaker.ts";
import { log } from "#runtime/log.ts";
import { isOverloaded, type StatusCode, StatusError, toStatusError } from "#runtime/status.ts";
import { withReason } from "./answer.ts";
import type { OrderContext, OrderHold } from "./hold.ts";
import { resultOf, withStates } from "./order-record.ts";
import { stepFailure } from "./step-error.ts";

/**
 * Charges the card of an order whose state is `charging`. Afterwards its state is `shipping`, or
 * `cancelling` if the outcome is not known. If the charge was refused, the order is deleted, so that its
 * request id can be used again.
 *
 * @throws StatusError with the reason NOTHING_CHARGED if the charge was refused, LeaseLost, StoreError
 */
export async function chargeCard(
  context: OrderContext,
  hold: OrderHold,
  creditCard: CreditCardInfo,
): Promise<void> {
  const { clients, now, leaseMs } = context;
  const { transactionId } = hold.record;
  const amount = resultOf(hold.record).total;
  let isRetried = false;
  let charged: string;
  try {
    const response = await clients.payment.charge(
      { amount, creditCard, transactionId },
      {
        isRepeatable: true,
        timeoutMs: leaseMs / 2,
        onRetry: () => {
          isRetried = true;
        },
      },
    );
    // Online Boutique's payment service ignores the id of the caller.
    charged = response.transactionId || transactionId;
  } catch (thrown) {
    const error = readRefusal(toStatusError(thrown));
    const { code } = error;
    // After a retry, an earlier attempt may have charged the card.
    const isRefused =
      refusals.has(code) || isOverloaded(error) || error instanceof CircuitOpenError;
    if (!isRetried && isRefused) {
      await removeOrder(hold);
      // The message of a refused card is the reason; the storefront shows it unchanged.
      const failure = code === "INVALID_ARGUMENT" ? error : stepFailure(chargeFailure, error);
      throw withReason(failure, "NOTHING_CHARGED");
    }
    const { code: keptCode, message } = stepFailure(chargeFailure, error);
    log.warn("the outcome of a charge is unknown: the order is undone", {
      order_id: hold.record.orderId,
      grpc_code: code,
    });
    return hold.write((record) => ({
      ...withStates(record, ["cancelling"], now()),
      failure: { code: keptCode, message },
    }));
  }
  await hold.write((record) => ({
    ...withStates(record, ["charged", "shipping"], now()),
    transactionId: charged,
  }));
}

const chargeFailure = "failed to charge card";

// The codes that mean that the charge was not made. RESOURCE_EXHAUSTED is one of them only with the reason
// OVERLOADED: grpc-js also reports a stream that a proxy reset as that.
const refusals: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "INVALID_ARGUMENT",
  "FAILED_PRECONDITION",
  "OUT_OF_RANGE",
  "PERMISSION_DENIED",
  "UNAUTHENTICATED",
  "UNIMPLEMENTED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
]);

// Online Boutique's payment service refuses cards with the number 400, which is not a status code of gRPC.
function readRefusal(error: StatusError): StatusError {
  const { cause, message } = error;
  const isRefusal = cause instanceof Error && "code" in cause && cause.code === 400;
  return isRefusal ? new StatusError("INVALID_ARGUMENT", message, { cause }) : error;
}

async function removeOrder(hold: OrderHold): Promise<void> {
  try {
    await hold.remove();
  } catch (error) {
    const fields = { order_id: hold.record.orderId, error };
    log.warn("a refused order could not be deleted: the next sweep ends it as failed", fields);
  }
}
