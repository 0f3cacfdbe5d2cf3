import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { reasonOf } from "../trace/source.ts";

/** The local platform's log cannot be read; the message is one sentence. */
export class LocalLogError extends Error {
  constructor(url: string, reason: string) {
    super(`the local platform at ${url} does not show its log: ${reason}`);
    this.name = "LocalLogError";
  }
}

/**
 * The log lines of the local platform, oldest first; with `follow` it goes on until the signal aborts
 * or the platform ends. Throws LocalLogError where none answers.
 */
export async function* readLocalLines(
  consoleUrl: string,
  { follow, signal }: { follow: boolean; signal: AbortSignal },
): AsyncGenerator<string> {
  const url = `${consoleUrl.replace(/\/$/, "")}/api/logs${follow ? "?follow" : ""}`;
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new LocalLogError(consoleUrl, reasonOf(error));
  });
  if (!response.ok || !response.body) {
    throw new LocalLogError(consoleUrl, `it answered ${response.status}`);
  }
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  try {
    yield* createInterface({ input: body });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
