import type { Socket } from "node:net";

/** Adds listeners to a socket, by the names of their events, and returns a function that removes them. */
export function listenTo(
  socket: Socket,
  listeners: Readonly<Record<string, (chunk: Buffer) => void>>,
): () => void {
  const added = Object.entries(listeners);
  for (const [event, listener] of added) socket.on(event, listener);
  return () => {
    for (const [event, listener] of added) socket.off(event, listener);
  };
}
