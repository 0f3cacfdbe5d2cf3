import type { Server as HttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { type Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";

import type { ConnectionLimits } from "./connection-limits.ts";
import { detectProtocol } from "./detect-protocol.ts";
import { Http2Limits } from "./http2-limits.ts";
import { type ListenOptions, listenOn } from "./listen.ts";

/** A port for gRPC (HTTP/2 with prior knowledge) and HTTP/1.1. */
export interface DualPort {
  /** The TCP port it listens on. */
  readonly port: number;
  /** HTTP/2 streams that are open: their last frame is not sent yet. */
  readonly openStreams: number;
  /**
   * Serves an HTTP/2 connection that another process has accepted; returns false, and reads nothing from it,
   * once the port does not accept connections.
   *
   * @param head the bytes that were read from it
   */
  adopt(socket: Socket, head: Buffer): boolean;
  /** Accepts no new connections, sends GOAWAY to HTTP/2 peers and closes idle HTTP/1.1 connections. */
  drain(): void;
  /** Closes every connection at once. */
  close(): void;
}

/**
 * Opens the port; rejects with the system's error, such as EADDRINUSE.
 *
 * @param onUse called for each HTTP/2 stream
 */
export async function openPort(
  grpcServer: GrpcServer,
  httpServer: HttpServer,
  listen: ListenOptions,
  limits: ConnectionLimits,
  onUse: () => void,
): Promise<DualPort> {
  const injector = grpcServer.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const serveHttp2 = (socket: Socket) => {
    socket.allowHalfOpen = false;
    http2Limits.watch(socket);
    injector.injectConnection(socket);
  };
  // HTTP/1.1 clients may half-close after their request and wait for the response. They get it if it is
  // ready at once: Node.js treats a client that ends its side as disconnected.
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    track(socket);
    detectProtocol(socket, limits.firstBytesMs, (isHttp2) => {
      if (isHttp2) serveHttp2(socket);
      else httpServer.emit("connection", socket);
    });
  });
  const port = await listenOn(server, listen);
  // Node.js enforces an HTTP server's limits and counts its idle connections from this event on.
  httpServer.emit("listening");
  const http2Limits = new Http2Limits(limits, onUse);
  return {
    port,
    get openStreams() {
      return http2Limits.openStreams;
    },
    adopt: (socket, head) => {
      if (!server.listening) return false;
      track(socket);
      socket.unshift(head);
      serveHttp2(socket);
      return true;
    },
    drain: () => {
      server.close();
      injector.drain(limits.drainMs);
      httpServer.closeIdleConnections();
    },
    close: () => {
      server.close();
      http2Limits.close();
      for (const socket of sockets) socket.destroy();
      httpServer.close();
    },
  };
}
