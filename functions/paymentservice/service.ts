import type { Money, PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { invalid, quote, requireMessage } from "#runtime/check-input.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { formatMoney, nanosOf, validateMoney } from "#runtime/money.ts";
import { isUuid } from "#runtime/name-based-id.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { acceptCard } from "./card.ts";
import { type Ledger, refundIdOf } from "./ledger.ts";

const payments = counter({
  name: "shop_payments_total",
  help: "Charged cards by brand.",
  labels: ["card_brand"],
});
const refunds = counter({ name: "shop_refunds_total", help: "Refunded charges." });

/** What the payment service needs. */
export interface PaymentServiceOptions {
  /** Records the transactions. */
  ledger: Ledger;
  /** Returns epoch milliseconds, for the expiry of cards. */
  now: () => number;
  /** Creates the id of a charge whose caller gives none: a UUID of version 4. */
  newTransactionId: () => string;
}

/**
 * The handlers of the payment service. They validate cards and record transactions, but do not move money.
 * The number and the CVV of a card are not stored and not written to logs, spans or responses.
 */
export function createPaymentService({
  ledger,
  now,
  newTransactionId,
}: PaymentServiceOptions): Handlers<PaymentServiceDefinition> {
  return {
    charge: async ({ amount, creditCard, transactionId = newTransactionId() }) => {
      const charged = requirePositive(amount);
      const id = requireTransactionId(transactionId, "expected a UUID");
      let card: ReturnType<typeof acceptCard> | undefined;
      const { isWritten } = await ledger.charge(id, charged, () => {
        card = acceptCard(requireMessage(creditCard, "credit_card"), new Date(now()));
      });
      if (isWritten && card) {
        payments.inc({ card_brand: card.brand });
        log.info("card charged", {
          ...describe(id, charged),
          card_brand: card.brand,
          card_last_four: card.lastFour,
        });
      }
      return { transactionId: id };
    },
    refund: async ({ transactionId, amount }) => {
      const refunded = requirePositive(amount);
      const id = requireTransactionId(transactionId, "expected the UUID that Charge returned");
      const { record, isWritten } = await ledger.refund(id, refunded);
      const refundId = refundIdOf(id, record);
      if (isWritten && record.state === "refunded") {
        refunds.inc();
        log.info("charge refunded", { ...describe(id, refunded), refund_id: refundId });
      } else if (isWritten) {
        log.info("nothing to refund: the transaction is void", describe(id, refunded));
      }
      return { refundId };
    },
  };
}

function describe(id: string, amount: Money) {
  const currency = amount.currencyCode;
  return { transaction_id: id, amount: formatMoney(amount), currency };
}

function requireTransactionId(transactionId: string, rule: string): string {
  if (isUuid(transactionId)) return transactionId.toLowerCase();
  throw invalid(`transaction_id is ${quote(transactionId)}: ${rule}`);
}

function requirePositive(amount: Money | undefined): Money {
  const valid = validateMoney(amount, "amount");
  if (nanosOf(valid) > 0n) return valid;
  throw invalid(`amount is ${formatMoney(valid)}: expected more than zero`);
}
