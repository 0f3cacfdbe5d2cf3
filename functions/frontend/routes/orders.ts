import { HTTPException } from "hono/http-exception";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { renderOrderList } from "../pages/order-list.ts";
import { loadHeader } from "../shop/header-data.ts";
import { findOrder, listOrders, orUndefined } from "../shop/orders.ts";
import { loadOrderPage, showOrder } from "./show-order.ts";

/** `GET /orders/:id`: one order of the visitor. */
export async function showOrderById(c: StorefrontContext, id: string): Promise<Response> {
  const { shop, visit } = c.var;
  const placed = shop.placedOrders.take(visit, id);
  const found = placed?.order ?? orUndefined("UNIMPLEMENTED", findOrder(c.var, id));
  const parts = loadOrderPage(c, placed?.offers);
  const order = await found;
  if (order) return showOrder(c, order, parts);
  const message = "This order was not placed, or it belongs to another session.";
  throw new HTTPException(404, { message });
}

/** `GET /orders`: the visitor's orders. With a shared session they would be those of all visitors. */
export async function showOrders(c: StorefrontContext): Promise<Response> {
  const { shop, visit } = c.var;
  const [header, orders] = await Promise.all([
    loadHeader(shop, visit),
    shop.hasSharedSession ? undefined : listOrders(c.var),
  ]);
  return sendPage(c, { title: "Your orders", body: renderOrderList(orders), header });
}
