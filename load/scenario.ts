import { pickInteger, pickOne, type Random } from "#measure/random.ts";
import { createOrderForm } from "./order-form.ts";

/** A task of a user. */
export type Task = "index" | "setCurrency" | "browse" | "addToCart" | "viewCart" | "checkout";

/** One request: a click on a link or a form that is sent. */
export interface PageRequest {
  /** POST sends a form. */
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly path: string;
  /** The fields of the form; undefined for a GET. */
  readonly form: Readonly<Record<string, string>> | undefined;
  /** What the final page must contain besides its marker. */
  readonly expects: string | RegExp | undefined;
}

/** The weight of each task: Online Boutique's, of 19. */
export const taskWeights: Readonly<Record<Task, number>> = {
  index: 1,
  setCurrency: 2,
  browse: 10,
  addToCart: 2,
  viewCart: 3,
  checkout: 1,
};

/** The first task of a user. */
export const startTask: Task = "index";

/** The product ids of all Hipster Shops. */
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

/** The requests of a task in order; products, currency and order data are random. */
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
      return [
        ...planAddToCart(random),
        { ...post("/cart/checkout", createOrderForm(random, now)), expects: trackingNumber },
      ];
  }
}

/** Matches the tracking number on the page of a placed order. No other text on it has its format. */
export const trackingNumber = /\b[A-Z]{2}-\d+-\d+/;

/** Opens a product, adds it to the cart and expects it there. */
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
