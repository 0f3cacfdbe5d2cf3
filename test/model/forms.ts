import type { CartItem, Money, PlaceOrderRequest } from "#protos/hipstershop.ts";
import { multiplyMoney, sumMoney } from "#runtime/money.ts";
import {
  makeOrderRequest,
  usd,
} from "../../functions/checkoutservice/fixtures/serve-dependencies.ts";
import { createCallContext } from "./call.ts";
import type { Shop } from "./shop.ts";
import type { OrderStep } from "./steps.ts";

/** The order forms that the visitors see. */
export class Forms {
  readonly #shop: Shop;
  readonly #forms = new Map<string, PlaceOrderRequest>();

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  /** The form of a page, with its cart and total; the same form again has the same content. */
  async open({ user, form }: OrderStep): Promise<PlaceOrderRequest> {
    const userId = `user-${user}`;
    const key = `${userId} ${form}`;
    const known = form === undefined ? undefined : this.#forms.get(key);
    if (known) return known;
    const { items, version } = await this.#shop.cart.serve((handlers) =>
      handlers.getCart({ userId }, createCallContext("page")),
    );
    const request = makeOrderRequest({
      userId,
      ...(form !== undefined && {
        requestId: this.#shop.sim.newId(),
        expectedTotal: this.#totalOf(items),
        cartVersion: version,
        expectedCart: { userId, items, version },
      }),
    });
    this.#forms.set(key, request);
    return request;
  }

  #totalOf(items: readonly CartItem[]): Money {
    const lines = items.map(({ productId, quantity }) =>
      multiplyMoney(this.#shop.prices.get(productId) ?? usd(0), quantity),
    );
    return sumMoney(usd(items.length === 0 ? 0 : 8, items.length === 0 ? 0 : 99), ...lines);
  }
}
