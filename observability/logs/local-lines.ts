import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/**
 * The log lines of the local platform, oldest first; with `follow` it goes on until the signal aborts
 * or the platform ends. Rejects where none answers.
 */
export async function* readLocalLines(
  consoleUrl: string,
  { follow, signal }: { follow: boolean; signal: AbortSignal },
): AsyncGenerator<string> {
  const response = await fetch(`${consoleUrl}/api/logs${follow ? "?follow" : ""}`, { signal });
  if (!response.ok || !response.body) throw new Error(`it answered ${response.status}`);
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  try {
    yield* createInterface({ input: body });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
