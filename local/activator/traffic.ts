import { FirstExchange } from "./first-exchange.ts";
import { ResponseHeads } from "./http-head.ts";
import { Unanswered } from "./unanswered.ts";

/** What a client and its instances have sent each other on one connection. */
export class Traffic {
  /** The bytes of the client since the last byte of a response. */
  readonly unanswered = new Unanswered();
  /** When the unanswered request started (`performance.now()`), plus all waits for an instance. */
  startMs = 0;
  readonly #isHttp2: boolean;
  readonly #heads = new ResponseHeads();
  readonly #first = new FirstExchange();
  #answered = false;

  constructor(isHttp2: boolean) {
    this.#isHttp2 = isHttp2;
  }

  /** Whether no response may follow the last one on an HTTP/1.1 connection. */
  get endsConnection(): boolean {
    return this.#heads.endsConnection;
  }

  /** Whether one HTTP/1.1 request has been answered completely, and nothing else was sent. */
  get isFirstOver(): boolean {
    return this.#first.isOver;
  }

  /** Adds bytes of the client, which are kept until they are answered. */
  addRequest(chunk: Buffer): void {
    // An HTTP/2 client itself retries streams.
    if (this.#isHttp2 ? this.#answered : this.endsConnection) return;
    if (!this.#isHttp2) {
      this.#heads.expect();
      this.#first.addRequest(chunk);
    }
    if (this.unanswered.byteLength === 0) this.startMs = performance.now();
    this.unanswered.add(chunk);
  }

  /** Adds bytes of an instance. */
  addResponse(chunk: Buffer): void {
    this.unanswered.clear();
    this.#answered = true;
    if (this.#isHttp2) return;
    this.#heads.read(chunk);
    this.#first.addResponse(chunk);
  }
}
