import type { Socket } from "node:net";
import type { ManagedFunction } from "../instances/managed-function.ts";

// The exit of a process is reported only after its channel is closed.
const exitNoticeMs = 1000;

/** Whether this system passes sockets to other processes. On Windows that is not tested. */
export const passesSockets = process.platform !== "win32";

/**
 * Passes an HTTP/2 connection to an instance, so that the bytes of its calls do not go through the platform.
 * At scale to zero the client gets GOAWAY and connects again. An instance that ends before it has accepted the
 * connection has read nothing from it: the next one gets it.
 *
 * @param client a socket that reads only on request, with its first bytes unread: a high water mark of 0
 * @param splice serves the client if the instance does not accept connections
 */
export async function passOn(
  client: Socket,
  target: ManagedFunction,
  splice: () => void,
): Promise<void> {
  const firstByteMs = performance.now();
  const release = target.reserve();
  let head: Buffer | undefined;
  try {
    for (;;) {
      const instance = await target.acquire(firstByteMs);
      if (client.destroyed) return;
      if (!instance.readiness?.adopts) {
        if (head) client.unshift(head);
        return splice();
      }
      head ??= client.read() as Buffer;
      if (await instance.adoptions.offer(client, head)) {
        target.recordConnection();
        break;
      }
      if (!instance.stopping && !(await instance.exitsWithin(exitNoticeMs))) break;
    }
    client.destroy();
  } catch {
    // The function does not start. A gRPC client reports a connection that is closed without a response as
    // UNAVAILABLE.
    client.destroy();
  } finally {
    release();
  }
}
