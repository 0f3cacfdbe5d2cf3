import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { HttpHandler } from "#runtime/http-server.ts";
import type { StorefrontEnv } from "./storefront.ts";

/**
 * Answers HTTP requests with a Hono app. `c.env.context` is the runtime's context of the request, and
 * `c.executionCtx.waitUntil` the runtime's.
 */
export function createHttpHandler(app: Hono<StorefrontEnv>): HttpHandler {
  return (incoming, outgoing, context) => {
    const executionContext = {
      waitUntil: context.waitUntil,
      // There is no other server behind this one to pass a request to.
      passThroughOnException: () => undefined,
      props: {},
    };
    const listen = getRequestListener((request) =>
      app.fetch(request, { incoming, outgoing, context }, executionContext),
    );
    return listen(incoming, outgoing);
  };
}
