import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PlatformError } from "./platform.ts";

/** How a request to the API server differs from reading. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** The API server refused a request; the message is what it said. */
export class ApiError extends PlatformError {
  /** The HTTP status. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(`the cluster refused: ${message}`);
    this.status = status;
  }
}

/**
 * The cluster's API server behind one `kubectl proxy`, which has the user's own configuration. A
 * kubectl for each request would take CPU from what is measured.
 */
export class ApiServer {
  /** Where it is reached, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly #proxy: ChildProcess;
  readonly #end = () => this.#proxy.kill();

  private constructor(url: string, proxy: ChildProcess) {
    this.url = url;
    this.#proxy = proxy;
    process.once("exit", this.#end);
  }

  /** Rejects with PlatformError where there is no kubectl, or no cluster. */
  static async open(context: string | null): Promise<ApiServer> {
    const named = context === null ? [] : [`--context=${context}`];
    const proxy = spawn("kubectl", [...named, "proxy", "--port=0"], {
      stdio: ["ignore", "pipe", "pipe"],
      // A terminal's Ctrl-C goes to the whole process group, and the Services are put back after it.
      detached: true,
    });
    const url = await readAddress(proxy);
    const api = new ApiServer(url, proxy);
    await api.checkAlive().catch((error: unknown) => {
      api.close();
      throw error;
    });
    return api;
  }

  /** The answer's JSON. Rejects with ApiError when it is refused. */
  async request<T>(path: string, { method = "GET", body, signal }: ApiRequest = {}): Promise<T> {
    const bound = AbortSignal.timeout(30_000);
    const response = await fetch(this.url + path, {
      method,
      signal: signal ? AbortSignal.any([signal, bound]) : bound,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, readMessage(text));
    return JSON.parse(text) as T;
  }

  /** Undefined where it is not there. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.request<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The lines of a watch, until it ends or the signal aborts. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const response = await fetch(this.url + path, { signal });
    if (!response.ok || !response.body)
      throw new ApiError(response.status, "the watch was refused");
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  }

  /** Rejects with PlatformError when the API server does not answer. */
  async checkAlive(): Promise<void> {
    try {
      const response = await fetch(`${this.url}/version`, { signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(readMessage(await response.text()));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new PlatformError(`the cluster does not answer: ${why}`, { cause });
    }
  }

  close(): void {
    process.off("exit", this.#end);
    this.#end();
  }
}

async function readAddress(proxy: ChildProcess): Promise<string> {
  let stderr = "";
  proxy.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const failed = Promise.race([
    once(proxy, "error").then(() => "kubectl is not on the PATH"),
    once(proxy, "exit").then(() => stderr.trim().split("\n").at(-1) ?? "kubectl proxy ended"),
  ]).then((why) => {
    throw new PlatformError(`no cluster to measure: ${why}`);
  });
  const lines = createInterface({ input: proxy.stdout as NonNullable<typeof proxy.stdout> });
  const found = once(lines, "line").then(([line]) => {
    const address = /127\.0\.0\.1:\d+/.exec(String(line))?.[0];
    if (address === undefined) throw new PlatformError(`kubectl proxy says: ${line}`);
    return `http://${address}`;
  });
  // Later exits are the end of the run, or are seen by checkAlive.
  failed.catch(() => undefined);
  return Promise.race([found, failed]);
}

function readMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
}
