import { isOverloaded, StatusError } from "#runtime/status.ts";
import { readForm } from "../forms/read-form.ts";
import { validateAddition, validateQuantityChange } from "../forms/validate-cart.ts";
import type { StorefrontContext } from "../http/context.ts";
import { redirectTo } from "../http/redirect-to.ts";
import { showProduct } from "./product.ts";
import { showCart } from "./show-cart.ts";

/** `POST /cart`: adds `quantity` of `product_id`. */
export async function addToCart(c: StorefrontContext): Promise<Response> {
  const { cart, catalog } = c.var.shop.clients;
  const fields = await readForm(c);
  const { value, errors } = validateAddition(fields);
  if (errors) return showProduct(c, fields.get("product_id")?.trim() ?? "", errors);
  // The cart service accepts any ID, so an unknown product is rejected here.
  const { id: productId } = await catalog.getProduct({ id: value.productId });
  try {
    const item = { productId, quantity: value.quantity };
    await cart.addItem({ userId: c.var.visit.sessionId, item });
  } catch (error) {
    if (!isCartFull(error)) throw error;
    const message = "Your cart is full. Remove an item first.";
    return showProduct(c, productId, new Map([["quantity", message]]));
  }
  return redirectTo(c, "/cart");
}

function isCartFull(error: unknown): boolean {
  if (!(error instanceof StatusError) || isOverloaded(error)) return false;
  return error.code === "OUT_OF_RANGE" || error.code === "RESOURCE_EXHAUSTED";
}

/** `POST /cart/update`: sets the quantity of `product_id` to `quantity`; 0 removes the line. */
export async function changeQuantity(c: StorefrontContext): Promise<Response> {
  const fields = await readForm(c);
  return setQuantity(c, fields.get("product_id") ?? "", fields.get("quantity") ?? "");
}

/** `POST /cart/remove`: removes the line of `product_id`. */
export async function removeLine(c: StorefrontContext): Promise<Response> {
  const fields = await readForm(c);
  return setQuantity(c, fields.get("product_id") ?? "", "0");
}

async function setQuantity(
  c: StorefrontContext,
  productId: string,
  quantity: string,
): Promise<Response> {
  const { value, errors } = validateQuantityChange(
    new URLSearchParams({ product_id: productId, quantity }),
  );
  if (errors) {
    const message = errors.get("quantity") ?? errors.get("product_id") ?? "";
    return showCart(c, { lineError: { productId, quantity, message } });
  }
  const { shop, visit } = c.var;
  await shop.clients.cart.setItemQuantity({ userId: visit.sessionId, item: value });
  return redirectTo(c, "/cart");
}

/** `POST /cart/empty`: removes all lines. */
export async function emptyCart(c: StorefrontContext): Promise<Response> {
  // It has no fields, but a body of another media type is rejected.
  await readForm(c);
  const { shop, visit } = c.var;
  await shop.clients.cart.emptyCart({ userId: visit.sessionId });
  return redirectTo(c, "/");
}
