import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerFailure, answerRequest, type HttpDefinition, sendText } from "./answer-http.ts";
import { type ConnectionLimits, httpServerOptions } from "./connection-limits.ts";
import type { Health } from "./health.ts";
import { pathOf } from "./http-record.ts";
import { refuseConnect } from "./refuse-connect.ts";
import type { RequestScope } from "./request-scope.ts";

/**
 * The HTTP/1.1 side of a function's port: `/health/liveness` and `/health/readiness` (func's
 * contract), and the function's own handler for everything else.
 */
export function createHttpServer(
  { http: handler, untraced, isHealthCheck, answerBusy, predict }: HttpDefinition,
  health: Health,
  scope: RequestScope,
  limits: ConnectionLimits,
): Server {
  const server = createServer(httpServerOptions(limits), (request, response) => {
    // During a drain each response is the last one of its connection.
    if (health.draining) response.setHeader("connection", "close");
    const path = pathOf(request);
    const fail = (error: unknown) => answerFailure(response, error);
    if (path === "/health/liveness" || path === "/health/readiness") {
      answerHealth(path, request, response, health).catch(fail);
    } else if (handler) {
      const definition = { handler, untraced, isHealthCheck, answerBusy, predict };
      answerRequest(definition, request, response, scope).catch(fail);
    } else {
      sendText(response, 404, `${path} is not served by this function: it accepts gRPC`);
    }
  });
  refuseConnect(server);
  return server;
}

async function answerHealth(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  health: Health,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return sendText(response, 405, `${request.method} is not allowed on ${path}: use GET`);
  }
  const problem = path === "/health/readiness" ? await health.check() : undefined;
  return sendText(response, problem ? 503 : 200, problem ?? "ok");
}
