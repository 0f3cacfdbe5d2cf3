/**
 * The functions that the page after this one will need and this one did not: whoever looks at a
 * product may look at the cart next, and whoever looks at the cart may order. What a function needs
 * in turn it wakes itself.
 */
export function predictCallees(method: string, path: string): readonly string[] {
  if (method !== "GET") return [];
  if (path === "/") return ["recommendationservice", "adservice"];
  if (path.startsWith("/product/")) return ["cartservice", "shippingservice"];
  if (path === "/cart") return ["checkoutservice", "adservice"];
  return [];
}
