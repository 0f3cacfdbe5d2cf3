import type { Address, CreditCardInfo, PlaceOrderRequest } from "#protos/hipstershop.ts";
import {
  invalid,
  limitList,
  limitText,
  quote,
  requireEmailAddress,
  requireMessage,
  requireText,
} from "#runtime/check-input.ts";
import { formatMoney, nanosOf, validateMoney } from "#runtime/money.ts";
import { isUuid } from "#runtime/name-based-id.ts";

/** A complete request. */
export interface CheckedOrder extends PlaceOrderRequest {
  /** The address to ship to. */
  address: Address;
  /** The card to charge, which only the payment service validates. */
  creditCard: CreditCardInfo;
}

/**
 * Validates a request before any call. The card is validated by the payment service, the currency by the
 * currency service.
 *
 * @throws StatusError INVALID_ARGUMENT that names the field and the rule
 */
export function checkOrder(request: PlaceOrderRequest): CheckedOrder {
  checkUserId(request.userId);
  requireText(request.userCurrency, "user_currency", 256);
  if (!/^[A-Z]{3}$/.test(request.userCurrency)) {
    const rule = "expected three capital letters (ISO 4217)";
    throw invalid(`user_currency is ${quote(request.userCurrency)}: ${rule}`);
  }
  // Otherwise an invalid address is found after the charge, and the customer does not see the error.
  requireEmailAddress(request.email, "email");
  const address = requireMessage(request.address, "address");
  // The shipping service requires both, and is called after the charge.
  requireText(address.streetAddress, "address.street_address", 512);
  requireText(address.city, "address.city", 128);
  limitText(address.state, "address.state", 128);
  limitText(address.country, "address.country", 128);
  const creditCard = requireMessage(request.creditCard, "credit_card");
  limitText(creditCard.creditCardNumber, "credit_card.credit_card_number", 64);
  checkAcceptance(request);
  return { ...request, address, creditCard };
}

/**
 * Validates the id of a user.
 *
 * @throws StatusError INVALID_ARGUMENT
 */
export function checkUserId(userId: string): string {
  return requireText(userId, "user_id", 256);
}

// More than the lines of any cart. It bounds the cost of one call.
const maxItems = 10_000;

function checkAcceptance(request: PlaceOrderRequest): void {
  const { requestId, expectedTotal, expectedCart, cartVersion, catalogVersion } = request;
  if (requestId !== undefined && !isUuid(requestId)) {
    throw invalid(`request_id is ${quote(requestId)}: expected a UUID`);
  }
  if (expectedTotal && nanosOf(validateMoney(expectedTotal, "expected_total")) < 0n) {
    throw invalid(`expected_total is ${formatMoney(expectedTotal)}: expected at least 0`);
  }
  limitList(expectedCart?.items ?? [], "expected_cart.items", maxItems);
  limitText(cartVersion ?? "", "cart_version", 256);
  limitText(catalogVersion ?? "", "catalog_version", 256);
}
