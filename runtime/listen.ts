import { once } from "node:events";
import type { Server } from "node:net";

/** Where to listen. */
export interface ListenOptions {
  /** The address to listen on; all interfaces if undefined. */
  host: string | undefined;
  /** The TCP port; 0 selects a free one. */
  port: number;
}

/** Listens and resolves with the port; rejects with the system's error, such as EADDRINUSE. */
export async function listenOn(server: Server, options: ListenOptions): Promise<number> {
  server.listen(options);
  await once(server, "listening");
  return portOf(server);
}

/** The TCP port of a server; 0 if it does not listen. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
