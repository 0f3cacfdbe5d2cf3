import "#runtime/signals.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { answerBusy } from "./http/answer-busy.ts";
import { createHttpHandler } from "./http/http-handler.ts";
import { isUntraced } from "./http/untraced.ts";
import { predictDependencies } from "./predict-dependencies.ts";
import { createStorefront } from "./service.ts";
import { createClients } from "./shop/clients.ts";
import { createSessionCookies } from "./shop/session-cookie.ts";

start("frontend", (env) => {
  const { addresses, hasSharedSession, message, sessionKeys } = readConfig(env);
  const clients = createClients(addresses);
  const sessionCookies = createSessionCookies(sessionKeys);
  const app = createStorefront({ clients, hasSharedSession, message, sessionCookies });
  return {
    dependencies: addresses,
    predict: predictDependencies,
    http: createHttpHandler(app),
    untraced: isUntraced,
    isHealthCheck: (path) => path === "/_healthz",
    answerBusy,
    close: () => clients.close(),
  };
});
