import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { setTimeout as delay } from "node:timers/promises";

/** What is sent to a sink. */
export interface Post {
  headers: Record<string, string>;
  body: string;
}

/** How often and how patiently. */
export interface PostOptions {
  /** Milliseconds that one attempt may take; 5000 by default. */
  timeoutMs?: number;
  /** Milliseconds to wait before each further attempt; two attempts more by default. */
  pausesMs?: readonly number[];
}

/**
 * Posts until the receiver has accepted it with a 2xx answer.
 *
 * @throws Error that holds the last answer, after the last attempt or once an answer says that
 *   further ones would not help
 */
export async function postWithRetries(
  url: URL,
  post: Post,
  { timeoutMs = 5000, pausesMs = [100, 400] }: PostOptions = {},
): Promise<void> {
  for (const pauseMs of [...pausesMs, undefined]) {
    const outcome = await tryPost(url, post, timeoutMs);
    if (outcome === "accepted") return;
    if (!outcome.mayHelp || pauseMs === undefined) throw outcome.error;
    await delay(pauseMs);
  }
}

type Outcome = "accepted" | { mayHelp: boolean; error: Error };

async function tryPost(url: URL, post: Post, timeoutMs: number): Promise<Outcome> {
  try {
    const status = await sendPost(url, post, timeoutMs);
    if (status >= 200 && status < 300) return "accepted";
    const error = new Error(`the sink answered with HTTP status ${status}`);
    return { mayHelp: isRetriable(status), error };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { mayHelp: true, error: new Error(`the sink cannot be reached: ${reason}`, { cause }) };
  }
}

// Knative Eventing's delivery specification: these answers may be different the next time.
function isRetriable(status: number): boolean {
  return status >= 500 || [404, 408, 409, 429].includes(status);
}

function sendPost(url: URL, { headers, body }: Post, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const options = {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
    };
    const request = send(url, options, (response) => {
      response.on("error", reject);
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    request.on("error", reject);
    request.end(body);
  });
}
