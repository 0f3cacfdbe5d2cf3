import { Agent, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";

/** An answer of the storefront. */
export interface Page {
  readonly status: number;
  readonly cookie: string;
}

/** Loads pages over kept connections, as a browser without pictures. */
export class PageClient {
  readonly #origin: string;
  readonly #agent = new Agent({ keepAlive: true });

  /** Connects to the origin as needed, or takes a connection to it that is there. */
  constructor(origin: string, connection?: Socket) {
    this.#origin = origin;
    if (connection) this.#agent.createConnection = () => connection;
  }

  /**
   * Loads a page to its last byte; redirects are not followed.
   *
   * @param form fields of a form to post
   * @throws Error when the status is 400 or above, or there is no answer
   */
  load(path: string, cookie = "", form?: Record<string, string>): Promise<Page> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(cookie && { cookie }),
        ...(form && { "content-type": "application/x-www-form-urlencoded" }),
      };
      const options = { method: form ? "POST" : "GET", headers, agent: this.#agent };
      const outgoing = request(new URL(path, this.#origin), options, (response) => {
        response.resume().on("error", reject);
        response.on("end", () => finish(path, response, resolve, reject));
      });
      outgoing.on("error", reject);
      outgoing.end(form && new URLSearchParams(form).toString());
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function finish(
  path: string,
  { statusCode: status = 0, headers }: IncomingMessage,
  resolve: (page: Page) => void,
  reject: (error: Error) => void,
): void {
  if (status >= 400) reject(new Error(`${path} answered with status ${status}`));
  const cookies = headers["set-cookie"] ?? [];
  resolve({ status, cookie: cookies.map((line) => line.split(";", 1)[0]).join("; ") });
}
