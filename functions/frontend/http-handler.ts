import { getRequestListener, type HttpBindings } from "@hono/node-server";
import type { ExecutionContext, Hono } from "hono";
import { waitUntil } from "#runtime/call.ts";
import type { HttpHandler } from "#runtime/http-server.ts";
import type { StorefrontEnv } from "./storefront.ts";

const executionContext: ExecutionContext = {
  waitUntil,
  // There is no other server behind this one to pass a request to.
  passThroughOnException: () => undefined,
  props: {},
};

/** Answers HTTP requests with a Hono app, whose `c.executionCtx.waitUntil` is the runtime's. */
export function createHttpHandler(app: Hono<StorefrontEnv>): HttpHandler {
  return getRequestListener((request, bindings) =>
    app.fetch(request, bindings as HttpBindings, executionContext),
  );
}
