import { Hono } from "hono";
import { readBody } from "#runtime/read-body.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";
import type { Broker } from "./broker.ts";

const maxEventBytes = 1024 * 1024;

/**
 * The broker's HTTP endpoint, the `K_SINK` of functions: it answers 202 for an event that
 * was delivered. A page of another origin cannot send events: a browser sends the headers or the media type of
 * CloudEvents to another origin only after a preflight request, which is refused here.
 *
 * @param onAccepted called after each event
 */
export function eventRoutes(broker: Broker, onAccepted: () => void): PlatformRoutes {
  const routes: PlatformRoutes = new Hono();
  return routes.post("/", async (c) => {
    const { incoming, outgoing } = c.env;
    const disconnected = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) disconnected.abort();
    });
    const body = await readBody(incoming, maxEventBytes);
    await broker.accept(incoming.headers, body, disconnected.signal);
    onAccepted();
    return c.body(null, 202);
  });
}
