import type { Address, CreditCardInfo } from "#protos/hipstershop.ts";
import { isEmailAddress } from "#runtime/email-address.ts";
import { satisfiesLuhn } from "#runtime/luhn.ts";
import type { FormFields, Validated } from "./read-form.ts";

/** A valid order form: the fields of a PlaceOrderRequest that do not depend on the session. */
export interface OrderForm {
  /** The address for the confirmation. */
  readonly email: string;
  /** The address to ship to. */
  readonly address: Address;
  /** The card, its number without separators. */
  readonly creditCard: CreditCardInfo;
}

/** The names of the fields, as in Online Boutique, in the order of the form. */
export const orderFieldNames = [
  "email",
  "street_address",
  "zip_code",
  "city",
  "state",
  "country",
  "credit_card_number",
  "credit_card_expiration_month",
  "credit_card_expiration_year",
  "credit_card_cvv",
] as const;

/** The name of a field of the order form. */
export type OrderFieldName = (typeof orderFieldNames)[number];

type Rule = (text: string) => string | undefined;

const rules: Readonly<Record<OrderFieldName, Rule>> = {
  email: (text) =>
    isEmailAddress(text) ? undefined : "Enter an e-mail address, such as name@example.com.",
  street_address: requireText("street and house number", 512),
  zip_code: (text) =>
    isWithin(text, 1, 2_147_483_647) ? undefined : "Enter a ZIP code that has only digits.",
  city: requireText("city", 128),
  state: requireText("state or province", 128),
  country: requireText("country", 128),
  credit_card_number: (text) =>
    isCardNumber(text)
      ? undefined
      : "Enter the 12 to 19 digits of the card number. This number is not valid.",
  credit_card_expiration_month: (text) =>
    isWithin(text, 1, 12) ? undefined : "Choose the month in which the card expires.",
  credit_card_expiration_year: (text) =>
    isWithin(text, 1, 9999) ? undefined : "Choose the year in which the card expires.",
  credit_card_cvv: (text) =>
    /^\d{3,4}$/.test(text) ? undefined : "Enter the 3 or 4 digits of the security code.",
};

/** Validates the order form. The payment service checks the brand and the expiry of the card. */
export function validateOrder(fields: FormFields): Validated<OrderForm> {
  const text = (name: OrderFieldName) => fields.get(name)?.trim() ?? "";
  const errors = new Map<string, string>();
  for (const name of orderFieldNames) {
    const problem = rules[name](text(name));
    if (problem !== undefined) errors.set(name, problem);
  }
  if (errors.size > 0) return { errors };
  return {
    value: {
      email: text("email"),
      address: {
        streetAddress: text("street_address"),
        city: text("city"),
        state: text("state"),
        country: text("country"),
        zipCode: Number(text("zip_code")),
      },
      creditCard: {
        creditCardNumber: stripSeparators(text("credit_card_number")),
        creditCardCvv: Number(text("credit_card_cvv")),
        creditCardExpirationMonth: Number(text("credit_card_expiration_month")),
        creditCardExpirationYear: Number(text("credit_card_expiration_year")),
      },
    },
  };
}

function requireText(what: string, maxLength: number): Rule {
  return (text) => {
    if (text === "") return `Enter your ${what}.`;
    if (controlCharacter.test(text)) return `Enter your ${what} on one line.`;
    return text.length > maxLength ? `Enter at most ${maxLength} characters.` : undefined;
  };
}

const controlCharacter = /\p{Cc}/u;

function isWithin(text: string, min: number, max: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max;
}

function stripSeparators(cardNumber: string): string {
  return cardNumber.replaceAll(/[ -]/g, "");
}

function isCardNumber(text: string): boolean {
  const digits = stripSeparators(text);
  return /^\d{12,19}$/.test(digits) && satisfiesLuhn(digits);
}
