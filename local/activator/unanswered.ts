import { requestMethodOf } from "./http-head.ts";

// Bytes that are kept, to send them again if an instance exits without reading them.
const maxKeptBytes = 64 * 1024;

/** The bytes that a client has sent since the last byte of a response. */
export class Unanswered {
  #chunks: Buffer[] = [];
  #byteLength = 0;
  #overflowed = false;

  /** The number of bytes, kept or not. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Whether bytes were dropped, so that they cannot be sent again. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Whether the limit is reached: no more bytes are read until an instance is connected. */
  get isFull(): boolean {
    return this.#byteLength >= maxKeptBytes;
  }

  /** The bytes in the chunks in which they arrived; empty after an overflow. */
  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  /** The method of the HTTP/1.1 request that the bytes start with; undefined in the middle of one. */
  get method(): string | undefined {
    return requestMethodOf(Buffer.concat(this.#chunks));
  }

  /** Whether the head of an HTTP/1.1 request is complete. */
  get hasHead(): boolean {
    return Buffer.concat(this.#chunks).includes("\r\n\r\n");
  }

  /** Whether the bytes contain nothing of an HTTP/1.1 request: empty lines before one are ignored (RFC 9112, 2.2). */
  get isBlank(): boolean {
    return !this.#overflowed && this.#chunks.every((chunk) => chunk.every(isLineBreak));
  }

  /** Adds bytes from the client. */
  add(chunk: Buffer): void {
    this.#byteLength += chunk.length;
    if (!this.#overflowed) this.#chunks.push(chunk);
  }

  /** Drops the bytes if they are too many to keep; called once an instance has them. */
  trim(): void {
    if (this.#byteLength <= maxKeptBytes) return;
    this.#chunks = [];
    this.#overflowed = true;
  }

  /** Drops all bytes: a response has arrived. */
  clear(): void {
    this.#chunks = [];
    this.#byteLength = 0;
    this.#overflowed = false;
  }
}

function isLineBreak(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a;
}
