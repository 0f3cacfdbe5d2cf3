import type { Socket } from "node:net";
import { FunctionUnavailable } from "../instances/function-unavailable.ts";
import type { Instance } from "../instances/instance.ts";
import type { ManagedFunction } from "../instances/managed-function.ts";
import { isGone } from "./after-exit.ts";
import { refuseClient } from "./refuse-client.ts";

/** Whether this system passes sockets to other processes. On Windows that is not tested. */
export const passesSockets = process.platform !== "win32";

/** Whether connections can be passed to an instance. */
export function acceptsConnections({ readiness }: Instance): boolean {
  return passesSockets && readiness?.adopts === true;
}

/** How a connection is passed on. */
export interface Passing {
  /** Whether it is an HTTP/2 connection. */
  readonly isHttp2: boolean;
  /** Serves the client if the instance does not accept connections. */
  readonly splice: () => void;
  /** Serves an HTTP/1.1 client again that a stopping instance has given back between two requests. */
  readonly takeBack: () => void;
}

/**
 * Passes a connection to an instance, so that its bytes do not go through the platform. At scale to zero an HTTP/2
 * client gets GOAWAY and connects again. An HTTP/1.1 client may send its next request at the same moment, so its
 * connection is given back unread. An instance that ends before it has accepted the connection has read nothing from
 * it: the next one gets it.
 *
 * @param client a socket that reads only on request, with its first bytes unread: a high water mark of 0
 */
export async function passOn(
  client: Socket,
  target: ManagedFunction,
  { isHttp2, splice, takeBack }: Passing,
): Promise<void> {
  const firstByteMs = performance.now();
  const release = target.reserve();
  let head: Buffer | undefined;
  try {
    for (;;) {
      const instance = await target.acquire(firstByteMs);
      if (client.destroyed) return;
      if (!acceptsConnections(instance)) {
        if (head) client.unshift(head);
        splice();
        return void client.resume();
      }
      head ??= client.read() as Buffer;
      const onEnd = (isGivenBack: boolean) => (isGivenBack ? takeBack() : client.destroy());
      if (await instance.adoptions.offer(client, head, isHttp2 ? undefined : onEnd)) {
        target.recordConnection();
        // Otherwise it is closed, or taken back, when the instance no longer serves it.
        if (isHttp2) client.destroy();
        return;
      }
      if (await isGone(instance)) continue;
      throw new FunctionUnavailable(`${target.name} accepts no connections`, 1000);
    }
  } catch (error) {
    refuseClient(client, isHttp2, target.name, error);
  } finally {
    release();
  }
}
