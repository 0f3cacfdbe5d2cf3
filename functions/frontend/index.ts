import "#runtime/signals.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { createHttpHandler } from "./http/http-handler.ts";
import { predictCallees } from "./predict-dependencies.ts";
import { createStorefront } from "./service.ts";
import { calleesOf, connectUpstreams } from "./shop/clients.ts";

start("frontend", (env) => {
  const { addresses, hasSharedSession, message } = readConfig(env);
  const upstreams = connectUpstreams(addresses);
  const app = createStorefront({ upstreams, hasSharedSession, message });
  return {
    dependencies: calleesOf(addresses),
    predict: predictCallees,
    http: createHttpHandler(app),
    untraced: (path) =>
      path.startsWith("/static/") || path === "/robots.txt" || path === "/_healthz",
    close: () => upstreams.close(),
  };
});
