import type { Server as HttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { type Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { AdoptedConnections } from "./adopted-connections.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import { detectProtocol, isHttp2 } from "./detect-protocol.ts";
import { Http2Limits } from "./http2-limits.ts";
import { type ListenOptions, listenOn } from "./listen.ts";

/** A port for gRPC (HTTP/2 with prior knowledge) and HTTP/1.1. */
export interface DualPort {
  /** The TCP port it listens on. */
  readonly port: number;
  /**
   * Serves a connection that another process has accepted and keeps open; returns false, and reads nothing from it,
   * once the port does not accept connections.
   *
   * @param head the bytes that were read from it
   * @param onEnd called when an HTTP/1.1 connection is no longer served, with whether it is given back
   */
  adopt(socket: Socket, head: Buffer, onEnd: (isGivenBack: boolean) => void): boolean;
  /** Accepts no new connections, sends GOAWAY to HTTP/2 peers, and calls `closeIdle`. */
  drain(): void;
  /**
   * Closes HTTP/1.1 connections that are between two requests; adopted ones, from which nothing was read since the last
   * request, are given back instead. Returns the number of HTTP/2 streams and adopted HTTP/1.1 connections whose
   * response is not complete yet.
   */
  closeIdle(): number;
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
    detectProtocol(socket, limits.firstBytesMs, (usesHttp2) => {
      if (usesHttp2) serveHttp2(socket);
      else httpServer.emit("connection", socket);
    });
  });
  const port = await listenOn(server, listen);
  // Node.js enforces an HTTP server's limits and counts its idle connections from this event on.
  httpServer.emit("listening");
  const http2Limits = new Http2Limits(limits, onUse);
  const adopted = new AdoptedConnections(httpServer);
  return {
    port,
    adopt: (socket, head, onEnd) => {
      if (!server.listening) return false;
      track(socket);
      socket.unshift(head);
      if (isHttp2(head)) serveHttp2(socket);
      else adopted.serve(socket, onEnd);
      return true;
    },
    drain: () => {
      server.close();
      injector.drain(limits.drainMs);
      adopted.closeIdle();
    },
    closeIdle: () => {
      adopted.closeIdle();
      return http2Limits.openStreams + adopted.size;
    },
    close: () => {
      server.close();
      http2Limits.close();
      for (const socket of sockets) socket.destroy();
      httpServer.close();
    },
  };
}
