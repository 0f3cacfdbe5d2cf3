import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { HttpHandler } from "#runtime/answer-http.ts";
import type { StorefrontEnv } from "./context.ts";

/**
 * Answers HTTP requests with a Hono app. Its `c.env.context` is the runtime's context of the request, and
 * `c.executionCtx.waitUntil` is the `waitUntil` of that context.
 */
export function createHttpHandler(app: Hono<StorefrontEnv>): HttpHandler {
  return (incoming, outgoing, context) => {
    const executionContext = {
      waitUntil: context.waitUntil,
      // Required by the type; the shop has no other server to pass a request to.
      passThroughOnException: () => undefined,
      props: {},
    };
    const listener = getRequestListener((request) =>
      app.fetch(request, { context }, executionContext),
    );
    return listener(incoming, outgoing);
  };
}
