import type { CreditCardInfo } from "#protos/hipstershop.ts";
import { invalid } from "#runtime/check-input.ts";
import { satisfiesLuhn } from "#runtime/luhn.ts";

/**
 * Validates a card with the order of checks and the messages of Online Boutique: first the number, then the
 * brand, then the date. A card is valid until the end of its month. Spaces and hyphens in the number are
 * ignored. The CVV is not verified, because no bank is involved. Returns the brand and the last four
 * digits, which may be logged, unlike the number and the CVV.
 *
 * @param now the current time; the month is that of the local time zone
 * @throws StatusError INVALID_ARGUMENT with the reason, without the number
 */
export function acceptCard(card: CreditCardInfo, now: Date) {
  const digits = readDigits(card.creditCardNumber);
  const brand = digits === undefined ? undefined : findBrand(digits);
  if (digits === undefined || brand === undefined || !satisfiesLuhn(digits)) {
    throw invalid("Credit card info is invalid");
  }
  if (brand !== "visa" && brand !== "mastercard") {
    throw invalid(
      `Sorry, we cannot process ${brand} credit cards. Only VISA or MasterCard is accepted.`,
    );
  }
  checkRanges(card);
  const lastFour = digits.slice(-4);
  const { creditCardExpirationYear: year, creditCardExpirationMonth: month } = card;
  if (now.getFullYear() * 12 + now.getMonth() + 1 > year * 12 + month) {
    throw invalid(`Your credit card (ending ${lastFour}) expired on ${month}/${year}`);
  }
  return { brand, lastFour };
}

// Up to 19 digits, and separators.
const maxNumberLength = 100;

function readDigits(number: string): string | undefined {
  if (number.length > maxNumberLength) return undefined;
  const digits = number.replaceAll(/[\s-]/g, "");
  return /^\d+$/.test(digits) ? digits : undefined;
}

type Brand = [name: string, prefixes: readonly string[], minLength: number, maxLength?: number];

// The first brand with a matching prefix is used, so the order matters (6304 is laser, not maestro). The
// list is that of simple-card-validator, which Online Boutique uses, without visa_electron: its prefixes
// are also those of valid visa cards, which were refused.
const brands: readonly Brand[] = [
  ["amex", ["34", "37"], 15],
  ["diners_club_carte_blanche", prefixRange(300, 305), 14],
  ["diners_club_international", ["36"], 14],
  ["jcb", prefixRange(3528, 3589), 16],
  ["laser", ["6304", "6706", "6709", "6771"], 16, 19],
  ["visa", ["4"], 16],
  ["mastercard", prefixRange(51, 55), 16],
  ["maestro", ["5018", "5020", "5038", "6304", "6759", "6761", "6762", "6763"], 12, 19],
  ["discover", ["6011", ...prefixRange(622126, 622925), "65"], 16],
];

function prefixRange(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

function findBrand(digits: string): string | undefined {
  const found = brands.find(([, prefixes]) => prefixes.some((start) => digits.startsWith(start)));
  if (!found) return undefined;
  const [name, , minLength, maxLength = minLength] = found;
  return digits.length < minLength || digits.length > maxLength ? undefined : name;
}

function checkRanges(card: CreditCardInfo): void {
  const { creditCardExpirationYear: year, creditCardExpirationMonth: month } = card;
  if (month < 1 || month > 12) {
    throw invalid(`credit_card.credit_card_expiration_month is ${month}: expected 1 to 12`);
  }
  if (year < 1 || year > 9999) {
    throw invalid(`credit_card.credit_card_expiration_year is ${year}: expected 1 to 9999`);
  }
  if (card.creditCardCvv < 0) {
    throw invalid("credit_card.credit_card_cvv is negative: expected 0 or more");
  }
}
