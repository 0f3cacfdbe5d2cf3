import type { Money, PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { quote, requireMessage } from "#runtime/check-input.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { formatMoney, nanosOf, validateMoney } from "#runtime/money.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { acceptCard } from "./card.ts";
import { isUuid, refundIdOf } from "./refund-id.ts";

/** What the service works with. */
export interface PaymentDependencies {
  /** The time, for cards' expiry. */
  readonly now: () => Date;
  /** Makes a transaction id: a UUID of version 4. */
  readonly createTransactionId: () => string;
}

const payments = counter({
  name: "shop_payments_total",
  help: "Cards charged.",
  labels: ["card_brand"],
});
const refunds = counter({ name: "shop_refunds_total", help: "Refunds given, repeats included." });

/**
 * Answers PaymentService. It accepts and refuses as a bank's gateway would, but moves no money and
 * remembers nothing; neither a card's number nor its CVV leaves it.
 */
export function createPaymentService({
  now,
  createTransactionId,
}: PaymentDependencies): Handlers<PaymentServiceDefinition> {
  return {
    charge: ({ amount, creditCard }) => {
      const charged = requirePositive(amount);
      const card = acceptCard(requireMessage(creditCard, "credit_card"), now());
      const transactionId = createTransactionId();
      payments.inc({ card_brand: card.brand });
      log.info("card charged", {
        transaction_id: transactionId,
        amount: formatMoney(charged),
        currency: charged.currencyCode,
        card_brand: card.brand,
        card_last_four: card.lastFour,
      });
      return { transactionId };
    },
    refund: ({ transactionId, amount }) => {
      const refunded = requirePositive(amount);
      if (!isUuid(transactionId)) {
        const rule = "expected the UUID that Charge answered with";
        throw new StatusError(
          "INVALID_ARGUMENT",
          `transaction_id is ${quote(transactionId)}: ${rule}`,
        );
      }
      const refundId = refundIdOf(transactionId);
      refunds.inc();
      log.info("charge refunded", {
        transaction_id: transactionId,
        refund_id: refundId,
        amount: formatMoney(refunded),
        currency: refunded.currencyCode,
      });
      return { refundId };
    },
  };
}

function requirePositive(amount: Money | undefined): Money {
  const valid = validateMoney(amount, "amount");
  if (nanosOf(valid) > 0n) return valid;
  throw new StatusError(
    "INVALID_ARGUMENT",
    `amount is ${formatMoney(valid)}: expected more than zero`,
  );
}
