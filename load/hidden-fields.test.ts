import assert from "node:assert/strict";
import { test } from "node:test";
import { hiddenFieldsOf } from "./hidden-fields.ts";

const page = `<form class="quantity" method="post" action="/cart/update"><input type="hidden" name="product_id" value="MUG"></form>
<form id="order" method="post" action="/cart/checkout" novalidate>
<input type="hidden" name="request_id" value="a-1"><input value="USD 28.98" name="expected_total" type="hidden">
<input name="email" type="email" value="someone@example.com"><input type="hidden" name="empty">
</form>`;

test("returns the hidden fields of the form with the action, and no other fields", () => {
  assert.deepEqual(hiddenFieldsOf(page, "/cart/checkout"), {
    request_id: "a-1",
    expected_total: "USD 28.98",
    empty: "",
  });
});

test("returns no fields for a page without the form", () => {
  assert.deepEqual(hiddenFieldsOf(page, "/setCurrency"), {});
  assert.deepEqual(hiddenFieldsOf("", "/cart/checkout"), {});
});
