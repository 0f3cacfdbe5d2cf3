import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { readZipkinSpans, type ZipkinSpan } from "#traces/zipkin.ts";
import { cannotRead } from "./backend-error.ts";
import { fetchJson } from "./fetch-json.ts";
import { maxTraces, measureCover, type TraceSource } from "./trace-source.ts";

const nameOf = (url: string) => `the local platform at ${url}`;

/** The traces of a local platform, by its console's URL. */
export function localSource(url: string): TraceSource {
  const name = nameOf(url);
  const read = async (path: string) =>
    fetchJson(`${url}/api/v2${path}`).catch((error: unknown) => {
      throw cannotRead(name, error);
    });
  return {
    name,
    readTrace: async (traceId) =>
      readZipkinSpans(((await read(`/trace/${traceId}`)) ?? []) as ZipkinSpan[]),
    readTraces: async (lookbackMs) => {
      const range = { lookback: String(lookbackMs), limit: String(maxTraces) };
      const traces = (await read(`/traces?${new URLSearchParams(range)}`)) as ZipkinSpan[][];
      return measureCover(traces.map(readZipkinSpans), lookbackMs, Date.now());
    },
  };
}

/** Whether a local platform's console responds at the URL within two seconds. */
export async function respondsAt(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(2000);
  return (await fetch(`${url}/api/state`, { signal }).catch(() => undefined))?.ok === true;
}

/** A function of a local platform, as its console reports it. */
export interface LocalFunction {
  /** The function's name. */
  readonly name: string;
  /** `host:port` on which the platform listens for it. */
  readonly address: string;
  /** `zero`, `starting`, `ready`, `draining` or `crashed`. */
  readonly state: string;
  /** The id of its process; null without one. */
  readonly pid: number | null;
  /** The number of requests in flight. */
  readonly inFlight: number;
  /** The number of processes that the platform has started for it. */
  readonly starts: number;
  /** Its last crash, in epoch milliseconds and with its reason; null before the first. */
  readonly lastCrash: { readonly atMs: number; readonly message: string } | null;
}

/** The functions of a local platform. Rejects with BackendError. */
export async function readFunctionStates(
  url: string,
  signal?: AbortSignal,
): Promise<readonly LocalFunction[]> {
  const state = await request(url, "/api/state", signal);
  return ((await state.json()) as { functions: readonly LocalFunction[] }).functions;
}

/** The addresses of a local platform's functions as `host:port`, by name. Rejects with BackendError. */
export async function readFunctions(
  url: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const functions = await readFunctionStates(url, signal);
  return new Map(functions.map(({ name, address }) => [name, address]));
}

/** Which log lines of a local platform are read. */
export interface LocalLogOptions {
  /** Continues with new lines until the signal aborts or the platform ends. */
  readonly follow: boolean;
  /** Ends the read without an error. */
  readonly signal: AbortSignal;
}

/** The log lines of a local platform, oldest first. Throws BackendError. */
export async function* readLogLines(
  url: string,
  { follow, signal }: LocalLogOptions,
): AsyncGenerator<string> {
  const response = await request(url, `/api/logs${follow ? "?follow" : ""}`, signal);
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  try {
    yield* createInterface({ input: body });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The faults of a local platform's functions, by name, without the functions that have none. Rejects with BackendError. */
export async function readFaults(url: string): Promise<ReadonlyMap<string, string>> {
  const response = await request(url, "/api/faults");
  return new Map(Object.entries((await response.json()) as Record<string, string>));
}

/** Replaces the faults of a local platform's function; empty rules delete them. Rejects with BackendError. */
export async function writeFaults(url: string, name: string, faults: string): Promise<void> {
  const init =
    faults === ""
      ? { method: "DELETE" }
      : {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ faults }),
        };
  await request(url, `/api/faults/${encodeURIComponent(name)}`, undefined, init);
}

async function request(
  url: string,
  path: string,
  signal: AbortSignal = AbortSignal.timeout(30_000),
  init: RequestInit = {},
): Promise<Response> {
  const response = await fetch(url + path, { ...init, signal }).catch((error: unknown) => {
    throw cannotRead(nameOf(url), error);
  });
  if (response.ok && response.body) return response;
  throw cannotRead(nameOf(url), `it responded with status ${response.status}`);
}
