import { BackendError, cannotRead } from "./backend-error.ts";
import type { FetchJson } from "./fetch-json.ts";
import type { Kubectl } from "./kubectl.ts";
import { type KubectlListener, listenByKubectl } from "./kubectl-listener.ts";

/** The method and body of a request. */
export interface ApiRequest {
  /** `GET` if missing. */
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: object;
}

/** The API server refused a request; the message ends with the server's. */
export class ApiError extends BackendError {
  /** The HTTP status. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(`the cluster refused: ${message}`);
    this.status = status;
  }
}

/**
 * The API server through one `kubectl proxy`, for many requests and watches: a kubectl process for each
 * request would take CPU time from the measured functions.
 */
export class ApiServer {
  /** Its address on this machine, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly #close: () => void;

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  /** Rejects with BackendError if kubectl is missing or the cluster does not respond. */
  static async open(kubectl: Kubectl): Promise<ApiServer> {
    let proxy: KubectlListener | undefined;
    try {
      // A terminal's Ctrl-C goes to the whole process group, but changes are undone after it.
      proxy = await listenByKubectl(kubectl, ["proxy", "--port=0"], { detached: true });
      const api = new ApiServer(`http://${proxy.address}`, proxy.close);
      await api.checkAlive();
      return api;
    } catch (error) {
      proxy?.close();
      throw error instanceof BackendError ? error : cannotRead("the cluster", error);
    }
  }

  /** The response's JSON. Rejects with ApiError if the request is refused. */
  async request<T>(path: string, { method = "GET", body }: ApiRequest = {}): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(30_000),
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, readMessage(text));
    return JSON.parse(text) as T;
  }

  /** As `request`; undefined for status 404. */
  async find<T>(path: string, request: ApiRequest = {}): Promise<T | undefined> {
    try {
      return await this.request<T>(path, request);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The events of a watch, until it ends or the signal aborts. Throws ApiError. */
  async *watch<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
    const response = await fetch(this.url + path, { signal });
    if (!response.ok || !response.body) {
      throw new ApiError(response.status, readMessage(await response.text()));
    }
    let rest = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      yield* lines.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
    }
  }

  /** Rejects with BackendError if the API server does not respond within 10 seconds. */
  async checkAlive(): Promise<void> {
    try {
      const response = await fetch(`${this.url}/version`, { signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(readMessage(await response.text()));
    } catch (error) {
      throw cannotRead("the cluster", error);
    }
  }

  /** Ends the proxy. */
  close(): void {
    this.#close();
  }
}

/**
 * Reads JSON from paths of the API server, including its proxies to Services. Runs kubectl for each request.
 */
export function readByApiServer({ run }: Pick<Kubectl, "run">): FetchJson {
  return async (path) => {
    const { exitCode, stdout, stderr } = await run(["get", "--raw", path], { timeoutMs: 10_000 });
    if (exitCode === 0) return JSON.parse(stdout);
    // kubectl's message for a 404 from the Service; for a missing Service the message has its name.
    if (/could not find the requested resource/.test(stderr)) return undefined;
    throw new Error(stderr.trim().split("\n").at(-1) || "no response within 10 seconds");
  };
}

function readMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
}
