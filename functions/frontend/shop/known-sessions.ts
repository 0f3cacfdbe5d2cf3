import type { Clients } from "./clients.ts";
import { orUndefined } from "./orders.ts";

/**
 * Whether the store has a cart or an order of a session. Checkout, which may be at zero, is called only if
 * there is no cart.
 *
 * @throws StatusError that of a call that failed
 */
export async function isKnownSession(
  { cart, checkout }: Pick<Clients, "cart" | "checkout">,
  userId: string,
): Promise<boolean> {
  const { items } = await cart.getCart({ userId });
  if (items.length > 0) return true;
  // Online Boutique's checkout keeps no orders.
  const listed = await orUndefined("UNIMPLEMENTED", checkout.listOrders({ userId }));
  return (listed?.orders ?? []).length > 0;
}
