import type { IncomingMessage } from "node:http";

const routes = new WeakMap<IncomingMessage, string>();

/**
 * Says which route answers a request, such as `/product/{id}`: it names the server span and labels
 * the duration metric. A request without one counts as route "" (unmatched).
 */
export function setHttpRoute(request: IncomingMessage, route: string): void {
  routes.set(request, route);
}

/** The route set for a request; "" where there is none. */
export function httpRouteOf(request: IncomingMessage): string {
  return routes.get(request) ?? "";
}
