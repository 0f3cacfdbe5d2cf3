import type { EventEmitter } from "node:events";

/**
 * Removes all listeners of a stream that has closed, and so frees what they refer to: the call, its metadata and its
 * messages. V8 keeps a stream until a full collection, because the constructor of `Writable` assigns a function literal
 * to a property (Node.js 24), and V8 allocates such functions in the old generation.
 */
export function releaseListeners(stream: EventEmitter): void {
  // Before the others, since it would be called for each of them.
  stream.removeAllListeners("removeListener");
  stream.removeAllListeners();
}
