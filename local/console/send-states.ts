import type { SSEStreamingApi } from "hono/streaming";
import type { Changes } from "../changes.ts";
import type { ConsoleState } from "./model.ts";

// The minimum time between two states; changes in between are sent together.
const minPauseMs = 400;
// Proxies and browsers close connections that send nothing for longer.
const keepAliveMs = 15_000;

/**
 * Sends the state as a server-sent event now and after each change, until the client disconnects. A
 * client that reads slowly gets fewer states, because each one is sent only after the previous one.
 */
export async function sendStates(
  stream: SSEStreamingApi,
  readState: () => ConsoleState,
  changes: Changes,
): Promise<void> {
  await stream.write("retry: 1000\n\n");
  let sent = -1;
  while (!stream.aborted) {
    if (changes.count === sent) {
      await stream.write(": keep-alive\n\n");
    } else {
      sent = changes.count;
      await stream.writeSSE({ data: JSON.stringify(readState()) });
      await stream.sleep(minPauseMs);
    }
    await changes.waitUntil(() => stream.aborted || changes.count !== sent, keepAliveMs);
  }
}
