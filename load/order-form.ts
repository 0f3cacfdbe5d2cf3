import { pickInteger, pickOne, type Random } from "#measure/random.ts";
import { luhnCheckDigit } from "#runtime/luhn.ts";

/**
 * Draws the fields of the storefront's order form: a customer with an address, and a Visa card that has a
 * valid check digit and expires in 1 to 71 years.
 */
export function createOrderForm(random: Random, now: Date) {
  const firstName = pickOne(random, firstNames);
  const lastName = pickOne(random, lastNames);
  const domain = pickOne(random, ["example.com", "example.net", "example.org"]);
  return {
    email: `${firstName}.${lastName}.${pickInteger(random, 1, 9999)}@${domain}`.toLowerCase(),
    street_address: `${pickInteger(random, 1, 9999)} ${pickOne(random, streets)}`,
    zip_code: String(pickInteger(random, 10_000, 99_999)),
    city: pickOne(random, cities),
    state: pickOne(random, states),
    country: pickOne(random, countries),
    credit_card_number: createVisaNumber(random),
    credit_card_expiration_month: String(pickInteger(random, 1, 12)),
    credit_card_expiration_year: String(now.getFullYear() + pickInteger(random, 1, 71)),
    credit_card_cvv: String(pickInteger(random, 100, 999)),
  };
}

/** Draws a Visa number: 16 digits that start with 4 and satisfy Luhn's check. */
export function createVisaNumber(random: Random): string {
  const digits = `4${Array.from({ length: 14 }, () => pickInteger(random, 0, 9)).join("")}`;
  return `${digits}${luhnCheckDigit(digits)}`;
}

const firstNames = ["Ada", "Bela", "Chidi", "Dana", "Emre", "Fumiko", "Gita", "Hugo"] as const;
const lastNames = ["Abara", "Berg", "Costa", "Demir", "Evans", "Fischer", "Ito", "Novak"] as const;
const streets = ["Harbour Street", "Mill Lane", "Garden Road", "Station Square"] as const;
const cities = ["Northfield", "Easton", "Southbridge", "Westerly", "Riverside"] as const;
const states = ["CA", "NY", "TX", "WA", "OR", "MA"] as const;
const countries = ["United States", "Canada", "Japan", "Germany", "Türkiye"] as const;
