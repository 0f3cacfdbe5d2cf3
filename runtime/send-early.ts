import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Sends a response of one line of text to a request whose body may still arrive. The body is read and
 * dropped, and the response ends after it. Otherwise a client that is still sending would not receive the
 * response, since Node.js closes a connection with `connection: close` at the end of the response.
 */
export function sendEarly(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  if (request.readableEnded || request.closed) return void response.end(body);
  response.write(body);
  request.once("close", () => response.end()).resume();
}
