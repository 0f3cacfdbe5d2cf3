import type { IncomingMessage } from "node:http";
import type { HttpDefinition } from "./answer-http.ts";
import { methodLabel, pathOf } from "./http-record.ts";
import { log } from "./log.ts";
import type { AccessRule, CallOrigin } from "./rpc.ts";
import { sendEarly } from "./send-early.ts";
import { httpStatusOf, StatusError } from "./status.ts";

/**
 * Lets a function's HTTP handler answer only the requests that a rule accepts. Others are answered by the
 * HTTP status of the rule's error.
 */
export function guardHttp(definition: HttpDefinition, access: AccessRule): HttpDefinition {
  const { http } = definition;
  if (!http) return definition;
  return {
    ...definition,
    http: async (request, response, context) => {
      try {
        await access(describeRequest(request));
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        log.info(`a request was refused: ${error.message}`, { grpc_code: error.code });
        if (error.code === "UNAUTHENTICATED") response.setHeader("www-authenticate", "Bearer");
        return sendEarly(request, response, httpStatusOf(error.code), error.message);
      }
      return http(request, response, context);
    },
  };
}

function describeRequest(request: IncomingMessage): CallOrigin {
  const { headers, socket } = request;
  return {
    method: `${methodLabel(request.method)} ${pathOf(request)}`,
    address: socket.remoteAddress ?? "",
    headerNames: Object.keys(headers),
    authorization: headers.authorization,
  };
}
