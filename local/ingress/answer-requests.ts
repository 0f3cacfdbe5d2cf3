import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { RequestError } from "#runtime/request-error.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";
import { ingressRoutes, type RouteOptions } from "./routes.ts";

/** Answers requests with the routes of the console, Zipkin's API and the broker; logs failures. */
export function answerRequests(options: RouteOptions): RequestListener {
  const app: PlatformRoutes = new Hono();
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
  for (const [path, routes] of Object.entries(ingressRoutes(options))) app.route(path, routes);
  app.notFound((c) => c.text(`${c.req.path} is not served here\n`, 404));
  app.onError((error, c) => answerError(error, c, options.log));
  return getRequestListener((request, env) => app.fetch(request, env));
}

function answerError(error: Error, c: Context, log: PlatformLog): Response {
  if (error instanceof RequestError)
    return c.text(`${error.message}\n`, error.status as ContentfulStatusCode);
  log.error(`${c.req.method} ${c.req.path} failed: ${error.message}`);
  return c.text("internal error\n", 500);
}

function refuseMethod(c: Context, methods: readonly string[]): Response {
  const allow = methods.join(", ");
  return c.text(`${c.req.method} is not allowed here: use ${allow}\n`, 405, { allow });
}
