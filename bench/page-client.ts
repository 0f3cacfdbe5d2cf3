import { Agent } from "node:http";
import type { Socket } from "node:net";
import { exchange } from "#load/exchange.ts";

const timeoutMs = 10_000;

/** Loads pages over keep-alive connections, without their images and scripts. */
export class PageClient {
  readonly #origin: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #closing = new AbortController();

  /** Connects to the origin as needed, or uses an open connection. */
  constructor(origin: string, connection?: Socket) {
    this.#origin = origin;
    if (connection) this.#agent.createConnection = () => connection;
  }

  /**
   * Loads a page to its last byte; redirects are not followed.
   *
   * @param form fields of a form to post
   * @returns the page's cookies, for the Cookie header
   * @throws Error if the status is 400 or above, or no response arrives in time
   */
  async load(path: string, cookie = "", form?: Record<string, string>): Promise<string> {
    const { status, setCookies } = await exchange({
      url: new URL(path, this.#origin),
      method: form ? "POST" : "GET",
      headers: {
        ...(cookie && { cookie }),
        ...(form && { "content-type": "application/x-www-form-urlencoded" }),
      },
      body: form && new URLSearchParams(form).toString(),
      timeoutMs,
      signal: this.#closing.signal,
      agent: this.#agent,
    });
    if (status >= 400) throw new Error(`${path} answered with status ${status}`);
    return setCookies.map((line) => line.split(";", 1)[0]).join("; ");
  }

  /** Closes all connections. */
  close(): void {
    this.#closing.abort();
    this.#agent.destroy();
  }
}
