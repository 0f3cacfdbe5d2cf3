/** A kind of page: method and route of its request, such as `GET /product/{id}`. */
export type PageName = string;

/** The kind of page behind a path; a path that the shop's users do not visit is `GET other`. */
export function pageNameOf(method: string, path: string): PageName {
  const pathname = path.split(/[?#]/, 1)[0] ?? "";
  const route = /^\/product\/[^/]+$/.test(pathname) ? "/product/{id}" : pathname;
  return `${method} ${knownRoutes.has(route) ? route : "other"}`;
}

/**
 * Whether a body is the page that was asked for: a shop that answers 200 with a notice of its own
 * has failed. The markers are part of the pages' contract, and Online Boutique's pages have them.
 */
export function hasPageMarker(page: PageName, body: string): boolean {
  return markers.get(page)?.test(body) ?? true;
}

const knownRoutes: ReadonlySet<string> = new Set([
  "/",
  "/product/{id}",
  "/cart",
  "/cart/checkout",
  "/setCurrency",
]);

const markers: ReadonlyMap<PageName, RegExp> = new Map([
  ["GET /", /href="\/product\//],
  ["GET /product/{id}", /name="product_id"/],
  ["GET /cart", /cart/i],
  // A tracking number: what ships an order hands out, and nothing else on the page looks like it.
  ["POST /cart/checkout", /\b[A-Z]{2}-\d+-\d+/],
]);
