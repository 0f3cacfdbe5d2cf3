/**
 * The kind of page of a path, such as `GET /product/{id}`; `GET other` for a path that is not in
 * the scenario.
 */
export function pageNameOf(method: string, path: string): string {
  const pathname = path.split(/[?#]/, 1)[0] ?? "";
  const route = pathname.replace(/^\/(product|orders)\/[^/]+$/, "/$1/{id}");
  return `${method} ${knownRoutes.has(route) ? route : "other"}`;
}

/**
 * Whether a body is the expected page, because an error page may have the status 200. The markers are
 * part of the pages' contract, and Online Boutique's pages have them.
 */
export function hasPageMarker(page: string, body: string): boolean {
  return markers.get(page)?.test(body) ?? true;
}

const knownRoutes: ReadonlySet<string> = new Set([
  "/",
  "/product/{id}",
  "/cart",
  "/cart/checkout",
  "/orders/{id}",
  "/setCurrency",
]);

const markers: ReadonlyMap<string, RegExp> = new Map([
  ["GET /", /href="\/product\//],
  ["GET /product/{id}", /name="product_id"/],
  ["GET /cart", /cart/i],
]);
