import type { Server as HttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { type Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";

import { type ListenOptions, listenOn } from "./listen.ts";

/** A port that speaks gRPC (HTTP/2 with prior knowledge) and HTTP/1.1. */
export interface DualPort {
  /** The TCP port it listens on. */
  readonly port: number;
  /** Takes no more connections, lets HTTP/2 peers know (GOAWAY) and ends idle HTTP/1.1 ones. */
  drain(): void;
  /** Ends every connection at once. */
  close(): void;
}

/** Opens the port; rejects with the system's error, such as EADDRINUSE. */
export async function openPort(
  grpcServer: GrpcServer,
  httpServer: HttpServer,
  listen: ListenOptions,
): Promise<DualPort> {
  const injector = grpcServer.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  // HTTP/1.1 clients may half-close after their request and still want the answer.
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    sniff(socket, (isHttp2) => {
      if (isHttp2) {
        socket.allowHalfOpen = false;
        injector.injectConnection(socket);
      } else {
        httpServer.emit("connection", socket);
      }
    });
  });
  const port = await listenOn(server, listen);
  return {
    port,
    drain: () => {
      server.close();
      injector.drain(60_000);
      httpServer.closeIdleConnections();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

// RFC 9113 §3.4. No HTTP/1.1 method begins with "PRI ", so four bytes tell.
const preface = Buffer.from("PRI ");
const firstBytesTimeoutMs = 60_000;

function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  let head: Buffer = Buffer.alloc(0);
  const read = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return; // nothing there, or the end
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const length = Math.min(head.length, preface.length);
    const matches = head.compare(preface, 0, length, 0, length) === 0;
    if (matches && length < preface.length) return; // too short to tell: wait for more
    socket.off("readable", read).off("end", leave).off("timeout", leave).setTimeout(0);
    socket.unshift(head);
    decide(matches);
  };
  const leave = () => socket.destroy();
  socket.on("readable", read).once("end", leave).setTimeout(firstBytesTimeoutMs, leave);
}
