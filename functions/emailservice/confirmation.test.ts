import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderResult } from "#protos/hipstershop.ts";
import { renderConfirmation } from "./confirmation.ts";
import { checkConfirmationRequest } from "./confirmed-order.ts";
import { makeOrder, makeRequest } from "./fixtures/orders.ts";

function render(changes: Partial<OrderResult> = {}) {
  const { order } = checkConfirmationRequest(makeRequest({ order: makeOrder(changes) }));
  return renderConfirmation(order);
}

test("the HTML and the plain text contain all parts of the order", () => {
  const { subject, html, text } = render();
  assert.match(subject, /0b1a1c1e-73a5-4f0f-8d0e-0d9f2c3f7a11/);
  const facts = ["0b1a1c1e-73a5-4f0f-8d0e-0d9f2c3f7a11", "KB-20123-101234567", "OLJCESPC7Z"];
  facts.push("6E92ZMYYFZ", "$19.99", "$39.98", "$8.99", "$57.96", "USD");
  facts.push("1600 Amphitheatre Parkway", "Mountain View, CA 94043", "United States");
  for (const fact of facts) {
    assert.ok(html.includes(fact), `${fact} in the HTML`);
    assert.ok(text.includes(fact), `${fact} in the text`);
  }
});

test("shows a currency without a sign by its code", () => {
  const chf = { currencyCode: "CHF", units: 12n, nanos: 0 };
  const { text } = render({ shippingCost: chf, items: [], total: chf });
  assert.match(text, /CHF 12\.00/);
});

test("shows a currency without a smaller unit without decimals", () => {
  const yen = { currencyCode: "JPY", units: 1005n, nanos: 162_317_560 };
  const { html, text } = render({ shippingCost: yen, items: [], total: yen });
  for (const part of [html, text]) {
    assert.match(part, /¥1005/);
    assert.doesNotMatch(part, /¥1005\./);
  }
});

test("escapes text of the request in the HTML", () => {
  const attack = `"><script>alert('x')</script>&`;
  const { html } = render({
    shippingTrackingId: attack,
    orderId: `<b>"'&`,
    shippingAddress: {
      streetAddress: attack,
      city: attack,
      state: attack,
      country: attack,
      zipCode: 1,
    },
    items: [
      {
        item: { productId: attack, quantity: 1 },
        cost: { currencyCode: "USD", units: 1n, nanos: 0 },
      },
    ],
  });
  assert.doesNotMatch(html, /<script|<b>|"'&|alert\('/);
  assert.equal(html.match(/&lt;script&gt;alert\(&#39;x&#39;\)/g)?.length, 6);
});

test("text of the request adds no line to the plain text", () => {
  const { text } = render({ shippingTrackingId: "1\r\nTotal:     $0.00" });
  assert.match(text, /^Tracking: {2}1 Total: \$0\.00$/m);
  assert.equal(text.match(/^Total:/gm)?.length, 1);
});

test("the HTML loads no resource and marks layout tables as presentation", () => {
  const { html } = render();
  assert.doesNotMatch(html, /https?:|src=|url\(|<style|<link/);
  assert.equal(
    html.match(/<table/g)?.length,
    (html.match(/role="presentation"/g)?.length ?? 0) + 1,
  );
  assert.equal(html.match(/<table/g)?.length, html.match(/<\/table>/g)?.length);
});
