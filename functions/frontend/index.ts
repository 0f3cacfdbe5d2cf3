import "#runtime/signals.ts";
import { getRequestListener } from "@hono/node-server";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { predictCallees } from "./predict-callees.ts";
import { createStorefront } from "./service.ts";
import { calleesOf, connectUpstreams } from "./upstreams.ts";

start("frontend", (env) => {
  const { addresses, hasSharedSession, message } = readConfig(env);
  const upstreams = connectUpstreams(addresses);
  const app = createStorefront({ upstreams, hasSharedSession, message });
  return {
    callees: calleesOf(addresses),
    predict: predictCallees,
    http: getRequestListener(app.fetch),
    untraced: (path) =>
      path.startsWith("/static/") || path === "/robots.txt" || path === "/_healthz",
    close: () => upstreams.close(),
  };
});
