import type { IncomingMessage } from "node:http";

/** What is posted. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts once, by HTTP/1.1.
 *
 * @param url `http:` or `https:`
 * @returns the answer's status, once the answer was read to its end
 * @throws the system's error, or that of the signal
 */
export async function sendPost(
  url: URL,
  { headers, body }: Post,
  signal: AbortSignal,
): Promise<number> {
  const { request: send } = await import(url.protocol === "https:" ? "node:https" : "node:http");
  return new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      signal,
    };
    const request = send(url, options, (response: IncomingMessage) => {
      response.on("error", reject);
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    request.on("error", reject);
    request.end(body);
  });
}
