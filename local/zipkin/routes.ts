import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { readBody } from "#runtime/read-body.ts";
import { RequestError } from "#runtime/request-error.ts";
import { parseSpans, SpanError } from "#traces/parse-zipkin.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";
import { readTimeRange, readTraceId, readTraceQuery, requireService } from "./query.ts";
import type { TraceStore } from "./store.ts";

const maxSpansBytes = 5 * 1024 * 1024;

/** The options of the Zipkin API. */
export interface ZipkinOptions {
  /** The store of all spans. */
  readonly store: TraceStore;
  /** Called with each accepted batch, as it was sent. */
  readonly onSpans: (json: string) => void;
  /** The clock, in epoch milliseconds. */
  readonly now?: () => number;
}

/** Zipkin's API v2, with its paths below `/api/v2`, its formats and its defaults. */
export function zipkinRoutes({ store, onSpans, now = Date.now }: ZipkinOptions): PlatformRoutes {
  const routes: PlatformRoutes = new Hono();
  routes.get("/services", (c) => c.json(store.serviceNames()));
  routes.get("/spans", (c) => c.json(store.spanNames(requireService(c))));
  routes.post("/spans", async (c) => {
    const json = await readJson(c);
    store.add(parse(json));
    onSpans(json);
    return c.body(null, 202);
  });
  routes.get("/remoteServices", (c) => c.json(store.remoteServiceNames(requireService(c))));
  routes.get("/autocompleteKeys", (c) => c.json([]));
  routes.get("/traces", (c) =>
    c.json(store.find(readTraceQuery(c, now())).map(({ spans }) => spans)),
  );
  routes.get("/trace/:id", (c) => {
    const id = readTraceId(c.req.param("id"));
    const trace = store.get(id);
    if (trace) return c.json(trace.spans);
    const message = `trace ${id} was not found: it has not arrived, or newer traces have replaced it`;
    throw new RequestError(404, message);
  });
  routes.get("/traceMany", (c) => {
    const ids = (c.req.query("traceIds") ?? "").split(",").filter((id) => id !== "");
    if (ids.length === 0) {
      throw new RequestError(400, "traceIds is missing: expected ids that are separated by commas");
    }
    const traces = ids.map((id) => store.get(readTraceId(id)));
    return c.json(traces.flatMap((trace) => (trace ? [trace.spans] : [])));
  });
  routes.get("/dependencies", (c) => {
    const { fromUs = 0, untilUs = 0 } = readTimeRange(c, now());
    // Zipkin leaves out an error count of 0.
    const links = store.dependencies(fromUs, untilUs);
    return c.json(
      links.map(({ errorCount, ...link }) => ({ ...link, ...(errorCount > 0 && { errorCount }) })),
    );
  });
  return routes;
}

// The media type also protects against pages of other origins: browsers send it only after a preflight
// request, which is refused here.
function readJson(c: Context<{ Bindings: HttpBindings }>): Promise<string> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    const message = "content-type is not application/json: send Zipkin's JSON v2";
    throw new RequestError(415, message);
  }
  return readBody(c.env.incoming, maxSpansBytes).then((body) => body.toString("utf8"));
}

function parse(json: string): ReturnType<typeof parseSpans> {
  try {
    return parseSpans(json);
  } catch (error) {
    if (error instanceof SpanError) throw new RequestError(400, error.message);
    throw error;
  }
}
