import type { Server } from "node:http";

/**
 * Answers CONNECT with 400, as Node.js answers a malformed request. Without a listener Node.js closes the
 * connection without an answer, which a proxy in front of the server reports as its failure.
 */
export function refuseConnect(server: Server): void {
  server.on("connect", (_request, socket) => {
    socket.on("error", () => socket.destroy());
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", () => socket.destroy());
  });
}
