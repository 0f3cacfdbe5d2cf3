import { pickInteger, pickOne, type Random } from "#measure/random.ts";
import { createOrderForm } from "./order-form.ts";

/** What a user sets out to do, one after the other. */
export type Task = "index" | "setCurrency" | "browse" | "addToCart" | "viewCart" | "checkout";

/** One request that a user makes by a click or by sending a form. */
export interface PageRequest {
  readonly method: "GET" | "POST";
  /** Path and query below the shop's address. */
  readonly path: string;
  /** Fields of the form that is sent; undefined for a GET. */
  readonly form: Readonly<Record<string, string>> | undefined;
  /** What the page must show that is reached in the end, besides the marker of every such page. */
  readonly expects: string | undefined;
}

/** How often each task is done: Online Boutique's weights, of 19. */
export const taskWeights: Readonly<Record<Task, number>> = {
  index: 1,
  setCurrency: 2,
  browse: 10,
  addToCart: 2,
  viewCart: 3,
  checkout: 1,
};

/** What a user does first. */
export const startTask: Task = "index";

/** The product ids that all Hipster Shops share. */
export const productIds = [
  "OLJCESPC7Z",
  "66VCHSJNUP",
  "1YMWWN1N4O",
  "L9ECAV7KIM",
  "2ZYFJ3GM2N",
  "0PUK6V6EV0",
  "LS4PSXUNUM",
  "9SIQT8TOJO",
  "6E92ZMYYFZ",
] as const;

/** The currencies that users switch to. */
export const currencyCodes = ["EUR", "USD", "JPY", "CAD", "GBP", "TRY"] as const;

const weightedTasks = Object.entries(taskWeights) as [Task, number][];
const totalWeight = weightedTasks.reduce((sum, [, weight]) => sum + weight, 0);

/** Draws the next task by weight. */
export function pickTask(random: Random): Task {
  let remaining = random() * totalWeight;
  for (const [task, weight] of weightedTasks) {
    remaining -= weight;
    if (remaining < 0) return task;
  }
  return startTask;
}

/** The requests of a task in their order; products, currency and order data are drawn. */
export function planTask(task: Task, random: Random, now: Date): readonly PageRequest[] {
  switch (task) {
    case "index":
      return [get("/")];
    case "setCurrency":
      return [post("/setCurrency", { currency_code: pickOne(random, currencyCodes) })];
    case "browse":
      return [get(`/product/${pickOne(random, productIds)}`)];
    case "viewCart":
      return [get("/cart")];
    case "addToCart":
      return planAddToCart(random);
    case "checkout":
      return [...planAddToCart(random), post("/cart/checkout", createOrderForm(random, now))];
  }
}

/** A user looks at a product before adding it; the cart that follows must show it. */
function planAddToCart(random: Random): readonly PageRequest[] {
  const id = pickOne(random, productIds);
  const form = { product_id: id, quantity: String(pickInteger(random, 1, 10)) };
  return [get(`/product/${id}`), { ...post("/cart", form), expects: id }];
}

function get(path: string): PageRequest {
  return { method: "GET", path, form: undefined, expects: undefined };
}

function post(path: string, form: Readonly<Record<string, string>>): PageRequest {
  return { method: "POST", path, form, expects: undefined };
}
