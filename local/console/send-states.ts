import type { SSEStreamingApi } from "hono/streaming";

// As often as a reader can follow; changes in between are sent together.
const minPauseMs = 400;
// Proxies and browsers close connections that send nothing for longer.
const keepAliveMs = 15_000;

/**
 * Sends the state as a server-sent event now and after each change, until the client leaves. A client
 * that reads slowly gets fewer states, because each is sent only after the one before was.
 */
export async function sendStates(
  stream: SSEStreamingApi,
  readState: () => string,
  subscribe: (listener: () => void) => () => void,
): Promise<void> {
  let isChanged = true;
  let endWait = () => {};
  const unsubscribe = subscribe(() => {
    isChanged = true;
    endWait();
  });
  stream.onAbort(() => endWait());
  await stream.write("retry: 1000\n\n");
  while (!stream.aborted) {
    if (isChanged) {
      isChanged = false;
      await stream.writeSSE({ data: readState() });
      await stream.sleep(minPauseMs);
    } else {
      await stream.write(": keep-alive\n\n");
    }
    if (!isChanged && !stream.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, keepAliveMs);
        endWait = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
  unsubscribe();
}
