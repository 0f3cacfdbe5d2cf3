/**
 * The functions that the visitor's next page needs and this page did not need: the cart follows a
 * product, the order follows the cart. Each of these functions warms up its own dependencies.
 */
export function predictDependencies(method: string, path: string): readonly string[] {
  if (method !== "GET") return [];
  if (path === "/") return ["recommendationservice", "adservice"];
  if (path.startsWith("/product/")) return ["cartservice", "shippingservice"];
  if (path === "/cart") return ["checkoutservice", "adservice"];
  return [];
}
