import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreditCardInfo } from "#protos/hipstershop.ts";
import { acceptCard } from "./card.ts";

const now = new Date(2026, 10, 24);

function card(creditCardNumber: string, rest: Partial<CreditCardInfo> = {}): CreditCardInfo {
  return {
    creditCardNumber,
    creditCardCvv: 672,
    creditCardExpirationYear: 2030,
    creditCardExpirationMonth: 1,
    ...rest,
  };
}

const accepted = [
  { number: "4432801561520454", brand: "visa", lastFour: "0454", title: "a visa" },
  { number: "4432-8015-6152-0454", brand: "visa", lastFour: "0454", title: "hyphens" },
  { number: "4432 8015 6152 0454", brand: "visa", lastFour: "0454", title: "spaces" },
  { number: " 44 3280-1561520454\t", brand: "visa", lastFour: "0454", title: "stray separators" },
  { number: "4026000000000002", brand: "visa", lastFour: "0002", title: "electron prefix 4026" },
  { number: "4175000000000001", brand: "visa", lastFour: "0001", title: "electron prefix 417500" },
  { number: "4508000000000009", brand: "visa", lastFour: "0009", title: "electron prefix 4508" },
  { number: "4917300800000000", brand: "visa", lastFour: "0000", title: "electron prefix 4917" },
  { number: "5555555555554444", brand: "mastercard", lastFour: "4444", title: "a mastercard" },
  { number: "5105105105105100", brand: "mastercard", lastFour: "5100", title: "51" },
];

for (const { number, brand, lastFour, title } of accepted) {
  test(`accepts a valid card: ${title}`, () => {
    assert.deepEqual(acceptCard(card(number), now), { brand, lastFour });
  });
}

const invalidNumbers = [
  { number: "", title: "no number" },
  { number: " - ", title: "only separators" },
  { number: "4432801561520455", title: "a wrong check digit" },
  { number: "4222222222222", title: "a visa of 13 digits" },
  { number: "443280156152045400", title: "a visa of 18 digits" },
  { number: "2223003122003222", title: "a mastercard of the 2-series" },
  { number: "0000000000000000", title: "no brand" },
  { number: "4432x01561520454", title: "a letter" },
  { number: "４４３２８０１５６１５２０４５４", title: "digits that are not ASCII" },
  { number: "4".repeat(1_000_000), title: "a million digits" },
  { number: "37828224631000", title: "an amex of 14 digits" },
];

for (const { number, title } of invalidNumbers) {
  test(`rejects an invalid number: ${title}`, () => {
    assert.throws(() => acceptCard(card(number), now), {
      code: "INVALID_ARGUMENT",
      message: "Credit card info is invalid",
    });
  });
}

const otherBrands = [
  { number: "378282246310005", brand: "amex" },
  { number: "30569309025904", brand: "diners_club_carte_blanche" },
  { number: "36000000000008", brand: "diners_club_international" },
  { number: "3530111333300000", brand: "jcb" },
  { number: "6304000000000000", brand: "laser" },
  { number: "6759649826438453", brand: "maestro" },
  { number: "6011111111111117", brand: "discover" },
  { number: "6221260000000000", brand: "discover" },
];

for (const { number, brand } of otherBrands) {
  test(`rejects the card ${number} because of its brand ${brand}`, () => {
    assert.throws(() => acceptCard(card(number), now), {
      code: "INVALID_ARGUMENT",
      message: `Sorry, we cannot process ${brand} credit cards. Only VISA or MasterCard is accepted.`,
    });
  });
}

const dates = [
  { year: 2026, month: 11, expired: false },
  { year: 2026, month: 12, expired: false },
  { year: 2027, month: 1, expired: false },
  { year: 2026, month: 10, expired: true },
  { year: 2025, month: 12, expired: true },
  { year: 26, month: 12, expired: true },
];

for (const { year, month, expired } of dates) {
  test(`in November 2026, ${month}/${year} is ${expired ? "expired" : "valid"}`, () => {
    const dated = card("4432801561520454", {
      creditCardExpirationYear: year,
      creditCardExpirationMonth: month,
    });
    const accept = () => acceptCard(dated, now);
    if (!expired) assert.equal(accept().brand, "visa");
    else {
      assert.throws(accept, {
        code: "INVALID_ARGUMENT",
        message: `Your credit card (ending 0454) expired on ${month}/${year}`,
      });
    }
  });
}

test("accepts a card until the last second of its month", () => {
  const dated = card("4432801561520454", {
    creditCardExpirationYear: 2026,
    creditCardExpirationMonth: 12,
  });
  assert.equal(acceptCard(dated, new Date(2026, 11, 31, 23, 59, 59)).brand, "visa");
  assert.throws(() => acceptCard(dated, new Date(2027, 0, 1)), /expired on 12\/2026/);
});

const badFields: { fields: Partial<CreditCardInfo>; message: RegExp }[] = [
  { fields: { creditCardExpirationMonth: 0 }, message: /expiration_month is 0: expected 1 to 12/ },
  { fields: { creditCardExpirationMonth: 13 }, message: /expiration_month is 13: expected 1/ },
  { fields: { creditCardExpirationYear: 0 }, message: /expiration_year is 0: expected 1/ },
  { fields: { creditCardExpirationYear: 2 ** 31 - 1 }, message: /expiration_year is 2147483647/ },
  { fields: { creditCardCvv: -123 }, message: /^credit_card\.credit_card_cvv is negative: / },
];

for (const { fields, message } of badFields) {
  test(`rejects a field with ${message}`, () => {
    const bad = card("4432801561520454", fields);
    assert.throws(() => acceptCard(bad, now), { code: "INVALID_ARGUMENT", message });
  });
}
