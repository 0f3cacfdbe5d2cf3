import type { Money, PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { invalid, quote, requireMessage } from "#runtime/check-input.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { formatMoney, nanosOf, validateMoney } from "#runtime/money.ts";
import { isUuid } from "#runtime/name-based-id.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { acceptCard } from "./card.ts";
import { refundIdOf } from "./refund-id.ts";

const payments = counter({
  name: "shop_payments_total",
  help: "Charged cards by brand.",
  labels: ["card_brand"],
});
const refunds = counter({ name: "shop_refunds_total", help: "Refunds, including repeated ones." });

/**
 * The handlers of the payment service. They validate cards, but do not move money and do not store data.
 * The number and the CVV of a card are not written to logs, spans or responses.
 *
 * @param now returns the current time, for the expiry of cards
 * @param createTransactionId creates a UUID of version 4
 */
export function createPaymentService(
  now: () => Date,
  createTransactionId: () => string,
): Handlers<PaymentServiceDefinition> {
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
        const rule = "expected the UUID that Charge returned";
        throw invalid(`transaction_id is ${quote(transactionId)}: ${rule}`);
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
  throw invalid(`amount is ${formatMoney(valid)}: expected more than zero`);
}
