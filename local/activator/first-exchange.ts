import { endsConnection, maxHeadBytes, requestMethodOf } from "./http-head.ts";

/**
 * Recognizes when the first request of an HTTP/1.1 connection has been answered completely, and nothing else was sent.
 * That is known only if both lengths are: not for HEAD, chunked bodies, interim responses and responses that end
 * their connection.
 */
export class FirstExchange {
  readonly #request = new Message(requestBodyBytes);
  readonly #response = new Message(responseBodyBytes);

  /** Adds bytes of the client. */
  addRequest(chunk: Buffer): void {
    this.#request.add(chunk);
  }

  /** Adds bytes of the instance. */
  addResponse(chunk: Buffer): void {
    this.#response.add(chunk);
  }

  /** Whether one request and its response have passed, and no byte more. */
  get isOver(): boolean {
    return this.#request.isComplete && this.#response.isComplete;
  }
}

/** Counts the bytes of one message. */
class Message {
  readonly #bodyBytesOf: (head: string) => number | undefined;
  #head: string | undefined = "";
  #received = 0;
  /** Of head and body; undefined while it is unknown, and for good if it cannot be known. */
  #length: number | undefined;

  constructor(bodyBytesOf: (head: string) => number | undefined) {
    this.#bodyBytesOf = bodyBytesOf;
  }

  get isComplete(): boolean {
    return this.#received === this.#length;
  }

  add(chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#head === undefined) return;
    this.#head += chunk.toString("latin1", 0, maxHeadBytes);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0 && this.#head.length < maxHeadBytes) return;
    const bodyBytes = end < 0 ? undefined : this.#bodyBytesOf(this.#head.slice(0, end));
    this.#head = undefined;
    if (bodyBytes !== undefined) this.#length = end + 4 + bodyBytes;
  }
}

function requestBodyBytes(head: string): number | undefined {
  // No response to HEAD has the body whose length its head states.
  const isKnown = ["GET", "POST"].includes(requestMethodOf(Buffer.from(head)) ?? "");
  return isKnown && !isChunked(head) ? (contentLengthOf(head) ?? 0) : undefined;
}

function responseBodyBytes(head: string): number | undefined {
  if (/^HTTP\/1\.1 (?:204|304)/.test(head)) return endsConnection(head) ? undefined : 0;
  const isFinal = /^HTTP\/1\.1 [2-5]/.test(head);
  return isFinal && !endsConnection(head) && !isChunked(head) ? contentLengthOf(head) : undefined;
}

function isChunked(head: string): boolean {
  return /^transfer-encoding:/im.test(head);
}

function contentLengthOf(head: string): number | undefined {
  const [, length] = /^content-length:[ \t]*(\d+)[ \t]*\r?$/im.exec(head) ?? [];
  return length === undefined ? undefined : Number(length);
}
