import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { goodOrder } from "../fixtures/storefront.ts";
import { type OrderFieldName, orderFieldNames, validateOrder } from "./validate-order.ts";

function validate(changes: Partial<Record<OrderFieldName, string>>) {
  return validateOrder(new Map(Object.entries({ ...goodOrder, ...changes })));
}

describe("validateOrder", () => {
  it("returns the order of a valid form", () => {
    assert.deepEqual(validate({}).value, {
      email: "someone@example.com",
      address: {
        streetAddress: "12 Harbour Street",
        city: "Mountain View",
        state: "CA",
        country: "United States",
        zipCode: 94043,
      },
      creditCard: {
        creditCardNumber: "4432801561520454",
        creditCardCvv: 672,
        creditCardExpirationMonth: 1,
        creditCardExpirationYear: 2030,
      },
    });
  });

  const accepted: [OrderFieldName, string][] = [
    ["email", "a.b+c@mail.example.co.uk"],
    ["email", " someone@example.com "],
    ["email", "me@xn--exmple-cua.de"],
    ["street_address", "x".repeat(512)],
    ["zip_code", "1"],
    ["zip_code", "2147483647"],
    ["city", "x".repeat(128)],
    ["country", "Türkiye"],
    ["credit_card_number", "4432 8015 6152 0454"],
    ["credit_card_number", "4432801561520454"],
    ["credit_card_number", "5105-1051 0510-5100"],
    ["credit_card_number", "378282246310005"],
    ["credit_card_expiration_month", "12"],
    ["credit_card_expiration_month", "01"],
    ["credit_card_expiration_year", "2001"],
    ["credit_card_cvv", "1234"],
    ["credit_card_cvv", "007"],
  ];
  for (const [name, text] of accepted) {
    it(`accepts ${JSON.stringify(text.slice(0, 30))} as ${name}`, () => {
      assert.equal(validate({ [name]: text }).errors, undefined);
    });
  }

  const rejected: [OrderFieldName, string][] = [
    ["email", "someone"],
    ["email", "someone@localhost"],
    ["email", "me@exa_mple.com"],
    ["email", "jürgen@exämple.de"],
    ["email", "some one@example.com"],
    ["email", "a@b@example.com"],
    ["email", "a@example.com\r\nbcc: b@example.com"],
    ["email", `${"x".repeat(250)}@example.com`],
    ["street_address", "x".repeat(513)],
    ["street_address", "one\ntwo"],
    ["zip_code", "0"],
    ["zip_code", "-5"],
    ["zip_code", "12a"],
    ["zip_code", "2147483648"],
    ["zip_code", "1e3"],
    ["city", "x".repeat(129)],
    ["city", "\u0000"],
    ["state", "   "],
    ["country", "x".repeat(129)],
    ["credit_card_number", "4432-8015-6152-0455"],
    ["credit_card_number", "4432"],
    ["credit_card_number", "44328015615204540000"],
    ["credit_card_number", "4432.8015.6152.0454"],
    ["credit_card_expiration_month", "0"],
    ["credit_card_expiration_month", "13"],
    ["credit_card_expiration_year", "0"],
    ["credit_card_expiration_year", "20300"],
    ["credit_card_cvv", "0"],
    ["credit_card_cvv", "12"],
    ["credit_card_cvv", "12345"],
    ["credit_card_cvv", "-12"],
  ];
  for (const [name, text] of rejected) {
    it(`rejects ${JSON.stringify(text.slice(0, 30))} as ${name}`, () => {
      assert.deepEqual([...(validate({ [name]: text }).errors ?? new Map()).keys()], [name]);
    });
  }

  it("returns an error for each field of an empty form, in the order of the form", () => {
    assert.deepEqual([...(validateOrder(new Map()).errors?.keys() ?? [])], orderFieldNames);
  });

  it("does not repeat the values in its messages", () => {
    const messages = [...(validate({ credit_card_number: "4111111111111112" }).errors ?? [])];
    assert.doesNotMatch(JSON.stringify(messages), /4111/);
  });
});
