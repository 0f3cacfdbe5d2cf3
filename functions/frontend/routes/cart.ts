import type { Hono } from "hono";
import { StatusError } from "#runtime/status.ts";
import { readForm } from "../forms/read-form.ts";
import { validateAddition, validateQuantityChange } from "../forms/validate-cart.ts";
import type { Storefront, StorefrontContext, StorefrontEnv } from "../http/storefront.ts";
import { showProductPage } from "./product.ts";
import { showCartPage } from "./show-cart.ts";

/** The cart: to look at, to add to, to change, to empty. */
export function addCartRoutes(app: Hono<StorefrontEnv>, shop: Storefront): void {
  app.get("/cart", (c) => showCartPage(c, shop, {}));
  app.post("/cart", (c) => addToCart(c, shop));
  app.post("/cart/update", (c) => changeQuantity(c, shop));
  app.post("/cart/remove", async (c) => {
    const productId = (await readForm(c.env.incoming)).get("product_id") ?? "";
    return setQuantity(c, shop, productId, "0");
  });
  app.post("/cart/empty", async (c) => {
    await shop.upstreams.cart.emptyCart({ userId: c.var.visit.sessionId });
    return c.redirect("/", 302);
  });
}

async function addToCart(c: StorefrontContext, shop: Storefront): Promise<Response> {
  const { cart, catalog } = shop.upstreams;
  const fields = await readForm(c.env.incoming);
  const { value, errors } = validateAddition(fields);
  if (errors) return showProductPage(c, shop, fields.get("product_id")?.trim() ?? "", errors);
  // The cart takes any id: what is not in the catalog is stopped here.
  const { id: productId } = await catalog.getProduct({ id: value.productId });
  try {
    const item = { productId, quantity: value.quantity };
    await cart.addItem({ userId: c.var.visit.sessionId, item });
  } catch (error) {
    if (!isCartFull(error)) throw error;
    const reason = "Your cart cannot hold that much. Remove something first.";
    return showProductPage(c, shop, productId, new Map([["quantity", reason]]));
  }
  return c.redirect("/cart", 302);
}

function isCartFull(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  return error.code === "OUT_OF_RANGE" || error.code === "RESOURCE_EXHAUSTED";
}

async function changeQuantity(c: StorefrontContext, shop: Storefront): Promise<Response> {
  const fields = await readForm(c.env.incoming);
  return setQuantity(c, shop, fields.get("product_id") ?? "", fields.get("quantity") ?? "");
}

async function setQuantity(
  c: StorefrontContext,
  shop: Storefront,
  productId: string,
  quantity: string,
): Promise<Response> {
  const fields = new Map([
    ["product_id", productId],
    ["quantity", quantity],
  ]);
  const { value, errors } = validateQuantityChange(fields);
  if (errors) {
    const message = errors.get("quantity") ?? errors.get("product_id") ?? "";
    return showCartPage(c, shop, { lineError: { productId, quantity, message } });
  }
  await shop.upstreams.cart.setItemQuantity({ userId: c.var.visit.sessionId, item: value });
  return c.redirect("/cart", 302);
}
