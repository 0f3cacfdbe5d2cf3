import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { reasonOf } from "../trace/source.ts";
import { checkNames } from "./cluster-lines.ts";

/** The local platform's log cannot be read; the message is one sentence. */
export class LocalLogError extends Error {
  constructor(url: string, reason: string) {
    super(`the local platform at ${url} does not show its log: ${reason}`);
    this.name = "LocalLogError";
  }
}

/** Whether a local platform's console answers at the URL. */
export async function answersAt(consoleUrl: string): Promise<boolean> {
  const signal = AbortSignal.timeout(2000);
  return (await fetch(`${consoleUrl}/api/state`, { signal }).catch(() => undefined))?.ok === true;
}

/** Which lines of the local platform are read. */
export interface LocalLogOptions {
  /** Functions that have to be there; all lines are read nevertheless. */
  readonly services: readonly string[];
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/**
 * The log lines of the local platform, oldest first; with `follow` it goes on until the signal aborts
 * or the platform ends. Throws LocalLogError where none answers, and ConfigError for a function that it
 * does not have.
 */
export async function* readLocalLines(
  consoleUrl: string,
  { services, follow, signal }: LocalLogOptions,
): AsyncGenerator<string> {
  const url = consoleUrl.replace(/\/$/, "");
  const state = await read(consoleUrl, `${url}/api/state`, signal);
  const { functions } = (await state.json()) as { functions: readonly { name: string }[] };
  checkNames(services, ["platform", ...functions.map(({ name }) => name)], "on the local platform");
  const response = await read(consoleUrl, `${url}/api/logs${follow ? "?follow" : ""}`, signal);
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  try {
    yield* createInterface({ input: body });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function read(consoleUrl: string, url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new LocalLogError(consoleUrl, reasonOf(error));
  });
  if (response.ok && response.body) return response;
  throw new LocalLogError(consoleUrl, `it answered ${response.status}`);
}
