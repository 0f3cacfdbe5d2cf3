import { setTimeout as sleep } from "node:timers/promises";
import { hiddenFieldsOf } from "#load/hidden-fields.ts";
import { createOrderForm } from "#load/order-form.ts";
import { productIds, trackingNumber } from "#load/scenario.ts";
import { pickOne, type Random } from "#measure/random.ts";
import { Browser, type Site } from "./browser.ts";
import type { TrafficCounts } from "./traffic-counts.ts";

/** The options of a visit. */
export interface VisitOptions extends Site {
  /** Receives what the visitor sees. */
  readonly counts: TrafficCounts;
  /** Chooses products and the order's data. */
  readonly random: Random;
  /** Waits before the next request. */
  readonly pause: () => Promise<void>;
  /** Milliseconds until a failed request is repeated. */
  readonly reloadMs: number;
}

/** A new visitor of the storefront, who keeps cookies until the visit ends. */
export class Visit {
  readonly #options: VisitOptions;
  readonly #counts: TrafficCounts;
  readonly #browser: Browser;
  /** Items that were added for certain. */
  #added = 0;
  /** Items that may have been added, because the response to the form was lost. */
  #maybeAdded = 0;

  /** Prepares a visit. */
  constructor(options: VisitOptions) {
    this.#options = options;
    this.#counts = options.counts;
    this.#browser = new Browser(options, (outcome) => this.#counts.record(outcome));
  }

  /** Looks at pages, and if `isOrdering` also fills a cart and orders it. */
  async run(isOrdering: boolean): Promise<void> {
    const { random, pause } = this.#options;
    const productId = pickOne(random, productIds);
    try {
      for (const path of ["/", `/product/${productId}`, "/cart"]) {
        await this.#read(path);
        await pause();
      }
      if (!isOrdering) return;
      for (const id of [productId, pickOne(random, productIds)]) {
        await this.#addToCart(id);
        await pause();
      }
      if (await this.#readCart()) await this.#order();
    } finally {
      this.#browser.close();
    }
  }

  /** Loads a page, and once more if it fails, as a person does. */
  async #read(path: string): Promise<boolean> {
    this.#counts.reads.count += 1;
    return (await this.#load(path)) || this.#readAgain(path);
  }

  async #readAgain(path: string): Promise<boolean> {
    this.#counts.reads.retried += 1;
    await sleep(this.#options.reloadMs);
    const isLoaded = await this.#load(path);
    if (!isLoaded) this.#counts.reads.failed += 1;
    return isLoaded;
  }

  async #load(path: string): Promise<boolean> {
    return (await this.#browser.get(path)).error === undefined;
  }

  /** Sends a form; returns the path of the page that follows, or undefined if the form failed. */
  async #write(path: string, form: Readonly<Record<string, string>>): Promise<string | undefined> {
    this.#counts.writes.count += 1;
    const visited = await this.#browser.post(path, form);
    if (!visited.isSent) {
      this.#counts.writes.failed += 1;
      return undefined;
    }
    this.#counts.reads.count += 1;
    if (visited.error !== undefined) await this.#readAgain(visited.path);
    return visited.path;
  }

  async #addToCart(productId: string): Promise<void> {
    const page = await this.#write("/cart", { product_id: productId, quantity: "1" });
    if (page === undefined) this.#maybeAdded += 1;
    else this.#added += 1;
  }

  async #readCart(): Promise<boolean> {
    if (!(await this.#read("/cart"))) return false;
    const shown = Number(/class="badge">(\d+)</.exec(this.#browser.page)?.[1] ?? 0);
    const max = this.#added + this.#maybeAdded;
    if (shown < this.#added || shown > max) {
      this.#counts.wrongCarts.push(`${this.#added} to ${max} items were added, ${shown} are shown`);
    }
    return shown > 0;
  }

  /** Sends the order form of the cart page, and once more if there is no answer. */
  async #order(): Promise<void> {
    const action = "/cart/checkout";
    const form = {
      ...createOrderForm(this.#options.random, new Date()),
      ...hiddenFieldsOf(this.#browser.page, action),
    };
    let page = await this.#write(action, form);
    if (page === undefined) {
      await sleep(this.#options.reloadMs);
      page = await this.#write(action, form);
    }
    const [, orderId] = /^\/orders\/([\w-]+)$/.exec(page ?? "") ?? [];
    const { orders } = this.#counts;
    if (orderId === undefined) orders.unanswered += 1;
    else if (trackingNumber.test(this.#browser.page)) orders.placed.push(orderId);
    else orders.other.push(orderId);
  }
}
