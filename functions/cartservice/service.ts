import type { CartItem, CartServiceDefinition } from "#protos/hipstershop.ts";
import { invalid, quote, requireMessage, requireText } from "#runtime/check-input.ts";
import { counter } from "#runtime/metrics.ts";
import { isUuid } from "#runtime/name-based-id.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { explainStoreErrors } from "#runtime/store/store-error.ts";
import { type CartStore, maxLines, maxQuantity, type WriteOutcome } from "./cart-store.ts";
import { versionOf } from "./cart-version.ts";

const cartAdds = counter({
  name: "shop_cart_adds_total",
  help: "Additions to carts.",
});

/** The handlers of the cart service. */
export function createCartService(store: CartStore): Handlers<typeof CartServiceDefinition> {
  return {
    addItem: async (request) => {
      const userId = checkUserId(request.userId);
      const { productId, quantity } = checkItem(request.item, 1);
      checkOutcome(await access(() => store.addItem(userId, productId, quantity)), productId);
      cartAdds.inc();
      return {};
    },
    setItemQuantity: async (request) => {
      const userId = checkUserId(request.userId);
      const { productId, quantity } = checkItem(request.item, 0);
      const outcome = await access(() => store.setItemQuantity(userId, productId, quantity));
      checkOutcome(outcome, productId);
      return {};
    },
    removeItems: async (request) => {
      const userId = checkUserId(request.userId);
      const items = request.items.map((item, index) => checkItem(item, 1, `items[${index}]`));
      if (items.length > maxLines) {
        throw invalid(`items has ${items.length} entries: expected at most ${maxLines}`);
      }
      const orderId = checkOrderId(request.orderId);
      await access(() => store.removeItems(userId, items, orderId));
      return {};
    },
    getCart: async (request) => {
      const userId = checkUserId(request.userId);
      const items = await access(() => store.getCart(userId));
      // Clients of Online Boutique expect the empty message for an unknown user.
      if (items.length === 0) return { userId: "", items };
      return { userId, items, version: versionOf(items) };
    },
    emptyCart: async (request) => {
      const userId = checkUserId(request.userId);
      await access(() => store.emptyCart(userId));
      return {};
    },
  };
}

/** The maximum length of user ids and product ids, in UTF-16 code units. */
const maxIdLength = 256;

function checkUserId(userId: string): string {
  return requireText(userId, "user_id", maxIdLength);
}

function checkItem(item: CartItem | undefined, minQuantity: number, field = "item"): CartItem {
  const { productId, quantity } = requireMessage(item, field);
  requireText(productId, `${field}.product_id`, maxIdLength);
  if (quantity < minQuantity) {
    throw invalid(`${field}.quantity is ${quantity}: expected at least ${minQuantity}`);
  }
  return { productId, quantity };
}

function checkOrderId(orderId: string): string {
  if (isUuid(orderId)) return orderId.toLowerCase();
  throw invalid(`order_id is ${quote(orderId)}: expected a UUID`);
}

function access<T>(work: () => Promise<T>): Promise<T> {
  return explainStoreErrors("Can't access cart storage.", work);
}

function checkOutcome(outcome: WriteOutcome, productId: string): void {
  if (outcome === "out-of-range") {
    const rule = `a cart can contain at most ${maxQuantity} of a product`;
    throw new StatusError("OUT_OF_RANGE", `cannot add that many of ${productId}: ${rule}`);
  }
  if (outcome === "too-many-lines") {
    const rule = `a cart can contain at most ${maxLines} different products`;
    throw new StatusError("RESOURCE_EXHAUSTED", `cannot add ${productId}: ${rule}`);
  }
}
