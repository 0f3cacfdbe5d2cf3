import type { Socket } from "node:net";
import { FunctionUnavailable } from "../instances/function-unavailable.ts";
import { unavailableResponse } from "./http-head.ts";

/**
 * Ends the connection of a client that no instance can serve.
 *
 * @param name the function's name
 * @param error why; only the message of a FunctionUnavailable is sent
 */
export function refuseClient(client: Socket, isHttp2: boolean, name: string, error: unknown): void {
  // A gRPC client reports a connection that is closed without a response as UNAVAILABLE.
  if (isHttp2) return void client.destroy();
  const known = error instanceof FunctionUnavailable ? error : undefined;
  const message = known?.message ?? `${name} cannot be reached`;
  client.end(unavailableResponse(message, known?.retryAfterMs ?? 1000));
  client.destroySoon();
}
