import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#measure/random.ts";
import { createVisaNumber } from "./order-form.ts";
import {
  currencyCodes,
  pickTask,
  planTask,
  productIds,
  type Task,
  taskWeights,
} from "./scenario.ts";

const now = new Date("2030-06-15T12:00:00Z");

test("tasks are drawn by their weights", () => {
  const draws = 19_000;
  const counts = new Map<Task, number>();
  const random = createRandom(1);
  for (let draw = 0; draw < draws; draw++) {
    const task = pickTask(random);
    counts.set(task, (counts.get(task) ?? 0) + 1);
  }
  let chiSquare = 0;
  for (const [task, weight] of Object.entries(taskWeights) as [Task, number][]) {
    const expected = (draws * weight) / 19;
    chiSquare += ((counts.get(task) ?? 0) - expected) ** 2 / expected;
  }
  // 99.9 % of true samples stay below 20.5 with five degrees of freedom.
  assert.ok(chiSquare < 20.5, `chi-square ${chiSquare}`);
});

test("adding to the cart opens the product first and expects it in the cart", () => {
  const [view, add, ...more] = planTask("addToCart", createRandom(2), now);
  const id = add?.form?.product_id ?? "";
  assert.ok(productIds.some((known) => known === id));
  assert.equal(view?.path, `/product/${id}`);
  assert.equal(`${add?.method} ${add?.path}`, "POST /cart");
  assert.equal(add?.expects, id);
  assert.deepEqual(more, []);
});

test("quantities are from 1 to 10 and currencies are the storefront's six", () => {
  const random = createRandom(3);
  const quantities = new Set<number>();
  const currencies = new Set<string | undefined>();
  for (let round = 0; round < 500; round++) {
    quantities.add(Number(planTask("addToCart", random, now)[1]?.form?.quantity));
    currencies.add(planTask("setCurrency", random, now)[0]?.form?.currency_code);
  }
  assert.deepEqual(
    [...quantities].sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  assert.deepEqual([...currencies].sort(), [...currencyCodes].sort());
});

test("checkout fills the cart and sends a complete order with a card that does not expire soon", () => {
  const random = createRandom(4);
  for (let round = 0; round < 200; round++) {
    const requests = planTask("checkout", random, now);
    const form = requests.at(-1)?.form ?? {};
    assert.equal(requests.length, 3);
    assert.match(form.email ?? "", /^[a-z.0-9]+@example\.(com|net|org)$/);
    assert.match(form.zip_code ?? "", /^[1-9]\d{4}$/);
    const year = Number(form.credit_card_expiration_year);
    assert.ok(year >= 2031 && year <= 2101, `year ${year}`);
    assert.match(form.credit_card_expiration_month ?? "", /^([1-9]|1[0-2])$/);
    assert.match(form.credit_card_cvv ?? "", /^[1-9]\d\d$/);
    for (const name of ["street_address", "city", "state", "country"]) assert.ok(form[name]);
  }
});

test("card numbers are Visa numbers that satisfy Luhn's check", () => {
  const random = createRandom(6);
  for (let round = 0; round < 500; round++) {
    const number = createVisaNumber(random);
    assert.match(number, /^4\d{15}$/);
    const sum = [...number].reduce((total, character, index) => {
      const value = Number(character) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    assert.equal(sum % 10, 0, number);
  }
});
