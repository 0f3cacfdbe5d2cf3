import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmailAddress } from "#runtime/email-address.ts";
import { makeOrderRequest } from "../functions/checkoutservice/fixtures/serve-dependencies.ts";
import { checkOrder } from "../functions/checkoutservice/orders/check-order.ts";
import { checkConfirmationRequest } from "../functions/emailservice/confirmed-order.ts";
import { makeRequest } from "../functions/emailservice/fixtures/orders.ts";
import { goodOrder } from "../functions/frontend/fixtures/storefront.ts";
import { validateOrder } from "../functions/frontend/forms/validate-order.ts";

// Characters that one rule or another treats in a way of its own.
const alphabet = [..."aZ09.-_+@@@", ..."\"'<>(),:;[]\\ \t\r\n\u0000ü。", "xn--", "example.com"];

/** Texts that resemble addresses, the same ones in each run. */
function* addresses(count: number): Generator<string> {
  let state = 1;
  const random = (below: number) => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const text = (maxLength: number) =>
    Array.from({ length: random(maxLength) }, () => alphabet[random(alphabet.length)]).join("");
  for (let index = 0; index < count; index += 1) {
    const near = ["me", "@", "example", ".", "com"];
    near.splice(random(near.length + 1), random(2), text(4));
    yield random(2) === 0 ? near.join("") : text(80);
  }
}

function isTaken(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

test("storefront, checkout and mail accept the same addresses", () => {
  const counts = { accepted: 0, refused: 0 };
  for (const email of addresses(10_000)) {
    const isAccepted = isEmailAddress(email);
    counts[isAccepted ? "accepted" : "refused"] += 1;
    const shown = JSON.stringify(email);
    assert.equal(
      isTaken(() => checkOrder(makeOrderRequest({ email }))),
      isAccepted,
      shown,
    );
    assert.equal(
      isTaken(() => checkConfirmationRequest(makeRequest({ email }))),
      isAccepted,
      shown,
    );
    // The form is trimmed before it is checked.
    const { errors } = validateOrder(new Map(Object.entries({ ...goodOrder, email })));
    assert.equal(!errors?.has("email"), isEmailAddress(email.trim()), shown);
  }
  assert.ok(counts.accepted > 500 && counts.refused > 500, JSON.stringify(counts));
});
