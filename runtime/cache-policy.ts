import { Metadata } from "@grpc/grpc-js";

/**
 * How long a client may use a response again, and which version of the content it has: HTTP's Cache-Control
 * (RFC 9111, RFC 5861) and ETag (RFC 9110), sent as the headers of a gRPC response.
 */
export interface CachePolicy {
  /** Seconds for which a client may use the response again. */
  readonly maxAgeS: number;
  /** Further seconds for which it may use the response while it requests a new one. */
  readonly staleWhileRevalidateS: number;
  /** Identifies the content: responses to the same request with the same tag are equal. None if undefined. */
  readonly etag?: string | undefined;
}

// A function has few policies and sends the same ones again and again.
const known = new WeakMap<CachePolicy, Metadata>();

/** The response headers that state a policy. They are shared: do not change them. */
export function cacheHeadersOf(policy: CachePolicy): Metadata {
  const headers = known.get(policy) ?? new Metadata();
  if (known.has(policy)) return headers;
  const { maxAgeS, staleWhileRevalidateS, etag } = policy;
  headers.set(
    "cache-control",
    `max-age=${maxAgeS}, stale-while-revalidate=${staleWhileRevalidateS}`,
  );
  if (etag !== undefined) headers.set("etag", `"${etag}"`);
  known.set(policy, headers);
  return headers;
}

/** The policy in the headers of a response; undefined if they do not allow to use the response again. */
export function readCachePolicy(headers: Pick<Metadata, "get">): CachePolicy | undefined {
  const text = headers.get("cache-control").join();
  if (text === "" || /\b(no-store|no-cache|private)\b/.test(text)) return undefined;
  const maxAgeS = readSeconds(text, /(?:^|[,\s])max-age=(\d{1,9})\b/);
  const staleWhileRevalidateS = readSeconds(text, /(?:^|[,\s])stale-while-revalidate=(\d{1,9})\b/);
  if (maxAgeS + staleWhileRevalidateS === 0) return undefined;
  const [, etag] = /^"(.*)"$/.exec(headers.get("etag").join()) ?? [];
  return { maxAgeS, staleWhileRevalidateS, etag };
}

function readSeconds(text: string, directive: RegExp): number {
  return Number(directive.exec(text)?.[1] ?? 0);
}
