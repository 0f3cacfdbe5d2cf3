import { setTimeout as delay } from "node:timers/promises";
import { type Post, sendPost } from "#runtime/post.ts";

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
    const status = await sendPost(url, post, AbortSignal.timeout(timeoutMs));
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
