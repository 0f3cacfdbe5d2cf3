import type { ServerResponse } from "node:http";

/**
 * Does work before the first byte of a response is sent; the bytes are sent in their order when the work
 * is done. If the work rejects, the connection is closed without a response.
 */
export function beforeResponse(response: ServerResponse, work: () => Promise<void>): void {
  let done: Promise<unknown> | undefined;
  const hold = <Args extends unknown[]>(send: (...args: Args) => unknown, args: Args) => {
    done ??= work().catch((error: Error) => response.destroy(error));
    void done.then(() => send.apply(response, args));
  };
  const { write, end } = response;
  response.write = (...args: unknown[]) => {
    hold(write as (...args: unknown[]) => unknown, args);
    return true;
  };
  response.end = (...args: unknown[]) => {
    hold(end as (...args: unknown[]) => unknown, args);
    return response;
  };
}
