import { requestMethodOf } from "./http-head.ts";

// What is kept so that it can be sent again when an instance went away without reading it.
const keptBytes = 64 * 1024;

/** What a client sent since the last byte that came back. */
export class Unanswered {
  #chunks: Buffer[] = [];
  #byteLength = 0;
  #overflown = false;

  /** How many bytes it is, kept or not. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** More is unanswered than is kept, so that it cannot be sent again. */
  get overflown(): boolean {
    return this.#overflown;
  }

  /** It is as much as is kept: reading more is of no use before there is an instance. */
  get isFull(): boolean {
    return this.#byteLength >= keptBytes;
  }

  /** The bytes in the pieces in which they came; none if they are too many. */
  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  /** The method of the HTTP/1.1 request that it begins with; undefined where it is the rest of one. */
  get method(): string | undefined {
    return requestMethodOf(Buffer.concat(this.#chunks));
  }

  /** Whether an HTTP/1.1 request's head is complete. */
  get hasHead(): boolean {
    return Buffer.concat(this.#chunks).includes("\r\n\r\n");
  }

  /** The client sent bytes. */
  add(chunk: Buffer): void {
    this.#byteLength += chunk.length;
    if (!this.#overflown) this.#chunks.push(chunk);
  }

  /** An instance has the bytes: gives up those that are too many to be kept. */
  trim(): void {
    if (this.#byteLength <= keptBytes) return;
    this.#chunks = [];
    this.#overflown = true;
  }

  /** An answer came. */
  clear(): void {
    this.#chunks = [];
    this.#byteLength = 0;
    this.#overflown = false;
  }
}
