import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { buffer } from "node:stream/consumers";

/** One HTTP request to a registry or to its token server. */
export interface RegistryRequest {
  /** `GET` if missing. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT";
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent unchanged. */
  readonly body?: string | Buffer;
  /** Whether any certificate is accepted. */
  readonly insecure: boolean;
}

/** The response of a registry or a token server. */
export interface RegistryAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The whole body. */
  readonly body: Buffer;
}

const timeoutMs = 10_000;

/**
 * Sends one request, without following redirects, with a timeout of 10 s. Rejects with the connection's
 * error. It does not use `fetch`, which has no option to accept an untrusted certificate.
 */
export function send(
  url: string | URL,
  { method = "GET", headers = {}, body, insecure }: RegistryRequest,
): Promise<RegistryAnswer> {
  const target = new URL(url);
  const options = { method, headers: { ...headers }, signal: AbortSignal.timeout(timeoutMs) };
  const sent =
    target.protocol === "http:"
      ? requestHttp(target, options)
      : requestHttps(target, { ...options, rejectUnauthorized: !insecure });
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      buffer(response).then((read) => resolve({ status, headers: answered, body: read }), reject);
    });
    sent.end(body);
  });
}
