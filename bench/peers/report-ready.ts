import type { AddressInfo, Server } from "node:net";

/** The port to listen on: from `PORT`, as in a container, or a free one, which the message names. */
export const port = Number(process.env.PORT ?? 0);

/** Listens and reports it. */
export function listen(server: Server): void {
  server.listen(port, "127.0.0.1", () => reportReady((server.address() as AddressInfo).port));
}

/**
 * Reports to the bench that this process is ready, and ends the process at SIGTERM or when the
 * bench ends.
 */
export function reportReady(listeningOn: number): void {
  process.send?.({ type: "ready", port: listeningOn });
  // Only a regular exit writes the compile cache.
  process.on("SIGTERM", () => process.exit(0));
  process.on("disconnect", () => process.exit(0));
}
