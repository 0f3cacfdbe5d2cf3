import { nameBasedId } from "#runtime/name-based-id.ts";

// A random UUID: name-based ids need a namespace (RFC 9562, 6.6).
const refundNamespace = "b1f6a2f4-c7d2-4e0f-9a3c-5d8e6b7a4c19";

/**
 * Derives the id of a refund from the transaction id. Therefore repeated refunds of a charge have the same
 * id, although nothing is stored.
 *
 * @param transactionId a UUID in upper or lower case
 */
export function refundIdOf(transactionId: string): string {
  return nameBasedId(refundNamespace, transactionId.toLowerCase());
}
