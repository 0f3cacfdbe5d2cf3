import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { refuseRequest } from "../ingress/refuse-request.ts";
import { lastResponse } from "./http-head.ts";

// More than an instance accepts.
const maxHeadBytes = 64 * 1024;

/**
 * Ends an HTTP/1.1 connection if its first request is not for this machine, as `refuseRequest` decides. A
 * browser uses a connection for one host only, so its later requests are for the same one. Bytes are not
 * kept back meanwhile, since an instance acts only on a complete head; but listeners that are added later
 * get the end of the head too, and have to check that the socket has not ended.
 */
export function refuseForeign(socket: Socket): void {
  let received = "";
  const read = (chunk: Buffer) => {
    received += chunk.toString("latin1");
    const end = received.indexOf("\r\n\r\n");
    if (end >= 0 || received.length > maxHeadBytes) socket.off("data", read);
    const refusal =
      end < 0 ? undefined : refuseRequest(parseHead(received.slice(0, end)), "localhost");
    if (!refusal) return;
    socket.end(lastResponse(refusal.status, refusal.message));
    socket.destroySoon();
  };
  socket.on("data", read);
}

function parseHead(head: string): Pick<IncomingMessage, "method" | "url" | "headers"> {
  const [start = "", ...lines] = head.split("\r\n");
  const [method = "", url = ""] = start.split(" ");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { method, url, headers: Object.fromEntries(headers) };
}
