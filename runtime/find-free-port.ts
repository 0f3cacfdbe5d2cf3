import { once } from "node:events";
import { createServer } from "node:net";
import { listenOn } from "./listen.ts";

/**
 * Finds a TCP port of 127.0.0.1 that is free, for a program that cannot listen on port 0 and report its
 * port. Another process may bind it before that program does.
 */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server, { host: "127.0.0.1", port: 0 });
  server.close();
  await once(server, "close");
  return port;
}
