import type { Server } from "node:net";

/** Where to listen. */
export interface ListenOptions {
  /** All interfaces where it is undefined. */
  host: string | undefined;
  /** 0 asks the system for a free one. */
  port: number;
}

/** Takes a port and answers which; rejects with the system's error, such as EADDRINUSE. */
export async function listenOn(server: Server, options: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  return portOf(server);
}

/** The port that a server has taken; 0 where it has none. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
