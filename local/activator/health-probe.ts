import type { Socket } from "node:net";

/**
 * Answers probes of the platform itself, `/health/liveness` and `/health/readiness`, if one is the first
 * request of a connection, as with a kubelet's probes. A probe neither starts the storefront nor keeps
 * it from scaling to zero. Every other connection is passed on with all its bytes.
 */
export function answerProbes(socket: Socket, passOn: (socket: Socket) => void): void {
  socket.once("data", (chunk: Buffer) => {
    const method = probeMethodOf(chunk);
    if (method !== undefined) {
      socket.end(method === "HEAD" ? head : `${head}ok\n`);
      return socket.destroySoon();
    }
    socket.pause();
    socket.unshift(chunk);
    passOn(socket);
    socket.resume();
  });
}

const head = [
  "HTTP/1.1 200 OK",
  "content-type: text/plain; charset=utf-8",
  "content-length: 3",
  "connection: close",
  "\r\n",
].join("\r\n");

function probeMethodOf(bytes: Buffer): string | undefined {
  const line = bytes.subarray(0, 64).toString("latin1");
  return /^(GET|HEAD) \/health\/(?:liveness|readiness)(?:\?\S*)? HTTP\/1\.[01]\r\n/.exec(line)?.[1];
}
