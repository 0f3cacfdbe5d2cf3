import { STATUS_CODES } from "node:http";

/** The method of the HTTP/1.1 request at the start of the bytes; undefined if they start otherwise. */
export function requestMethodOf(bytes: Buffer): string | undefined {
  return /^([A-Z]{1,16}) \S/.exec(bytes.subarray(0, 32).toString("latin1"))?.[1];
}

/** Safe methods (RFC 9110 §9.2.1): their requests can be repeated. */
export const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a connection ends with this response: it has `connection: close`, is HTTP/1.0, or only the end
 * of the connection ends its body (RFC 9112 §6.3 and §9.3).
 *
 * @param head the response's first bytes up to the empty line
 */
export function endsConnection(head: string): boolean {
  if (/^connection:[^\r\n]*\bclose\b/im.test(head)) return true;
  const [, minor, status = ""] = /^HTTP\/1\.(\d) (\d{3})/.exec(head) ?? [];
  if (minor !== "1") return true;
  if (status.startsWith("1") || status === "204" || status === "304") return false;
  return !/^(?:content-length|transfer-encoding):/im.test(head);
}

/** The bytes in which the end of a head is looked for. */
export const maxHeadBytes = 16 * 1024;

/** Reads the heads of the responses on one HTTP/1.1 connection. */
export class ResponseHeads {
  #head: string | undefined;
  #endsConnection = false;

  /** Whether the connection ends with the last response. */
  get endsConnection(): boolean {
    return this.#endsConnection;
  }

  /** Records that a request was sent: the next bytes are the start of a response. */
  expect(): void {
    this.#head = "";
    this.#endsConnection = false;
  }

  /** Reads bytes of a response. */
  read(chunk: Buffer): void {
    if (this.#head === undefined) return;
    this.#head += chunk.toString("latin1", 0, maxHeadBytes);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0 && this.#head.length < maxHeadBytes) return;
    const head = end < 0 ? this.#head : this.#head.slice(0, end);
    // An interim response such as 100 Continue: the final one follows.
    if (end >= 0 && /^HTTP\/1\.1 1\d\d/.test(head)) {
      const rest = this.#head.slice(end + 4);
      this.#head = "";
      this.read(Buffer.from(rest, "latin1"));
      return;
    }
    this.#endsConnection = endsConnection(head);
    this.#head = undefined;
  }
}

/** A complete HTTP/1.1 response: the function is unavailable, and the connection ends. */
export function unavailableResponse(message: string, retryAfterMs: number): string {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return lastResponse(503, message, [`retry-after: ${seconds}`, "cache-control: no-store"]);
}

/** A complete HTTP/1.1 response of one line of text, after which the connection ends. */
export function lastResponse(
  status: number,
  message: string,
  headers: readonly string[] = [],
): string {
  const body = `${message}\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    "connection: close",
    "",
    body,
  ].join("\r\n");
}
