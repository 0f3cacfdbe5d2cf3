import { connect, type Socket } from "node:net";
import { ExchangeError, type ExchangeResponse, type exchange } from "#load/exchange.ts";

type Outgoing = Parameters<typeof exchange>[0];

interface Pending {
  readonly bytes: string;
  readonly sentMs: number;
  readonly settle: (outcome: ExchangeResponse | ExchangeError) => void;
}

/**
 * Sends requests over HTTP/1.1 to one server, over a number of connections that stay open, one request at a time
 * on each; further requests wait for a connection. It takes about a tenth of the CPU time of `node:http`, so that
 * one CPU can send ten times the requests that the shop on another one answers. It reads responses with a
 * Content-Length, and chunked ones.
 */
export class RawHttp {
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();
  readonly #waiting: Pending[] = [];
  readonly #sweep: NodeJS.Timeout;

  /** Opens the connections and resolves when all are open. A request fails with `timeout` after `timeoutMs`. */
  static async open(url: string, connectionCount: number, timeoutMs: number): Promise<RawHttp> {
    const http = new RawHttp(new URL(url), timeoutMs);
    await Promise.all(Array.from({ length: connectionCount }, () => http.#connect()));
    return http;
  }

  private constructor(url: URL, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#sweep = setInterval(() => this.#endLate(), 100).unref();
  }

  /** Sends a request as `exchange` does; its agent, signal and timeout are not used. */
  readonly exchange = (outgoing: Outgoing): ReturnType<typeof exchange> =>
    new Promise((resolve, reject) => {
      const settle: Pending["settle"] = (outcome) =>
        outcome instanceof ExchangeError ? reject(outcome) : resolve(outcome);
      const sentMs = performance.now();
      this.#waiting.push({ bytes: encode(outgoing, this.#url.host), sentMs, settle });
      this.#sendNext();
    });

  /** Closes all connections. */
  close(): void {
    clearInterval(this.#sweep);
    for (const connection of [...this.#idle, ...this.#busy]) connection.close();
  }

  async #connect(): Promise<void> {
    const connection = new Connection(this.#url);
    await connection.opened;
    this.#idle.push(connection);
    this.#sendNext();
  }

  #sendNext(): void {
    const connection = this.#waiting.length > 0 ? this.#idle.pop() : undefined;
    const next = connection && this.#waiting.shift();
    if (!connection || !next) return;
    this.#busy.add(connection);
    connection.send(next, () => {
      this.#busy.delete(connection);
      if (connection.isOpen) this.#idle.push(connection);
      else void this.#connect();
      this.#sendNext();
    });
  }

  #endLate(): void {
    const lateMs = performance.now() - this.#timeoutMs;
    for (const connection of this.#busy) connection.endIfSentBefore(lateMs);
    while ((this.#waiting[0]?.sentMs ?? lateMs) < lateMs) {
      this.#waiting.shift()?.settle(new ExchangeError("timeout"));
    }
  }
}

class Connection {
  readonly opened: Promise<void>;
  readonly #socket: Socket;
  #received = "";
  #pending: Pending | undefined;
  #onEnd: () => void = () => undefined;

  constructor({ hostname, port }: URL) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    // One character per byte: only ASCII is searched for in pages.
    this.#socket.setEncoding("latin1");
    this.opened = new Promise((resolve) =>
      this.#socket.once("connect", resolve).once("close", resolve),
    );
    this.#socket.on("data", (text: string) => this.#receive(text));
    this.#socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#end(new ExchangeError(error.code ?? error.message));
    });
    this.#socket.on("close", () => this.#end(new ExchangeError("ECONNRESET")));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  send(pending: Pending, onEnd: () => void): void {
    this.#pending = pending;
    this.#onEnd = onEnd;
    this.#received = "";
    if (this.isOpen) this.#socket.write(pending.bytes, "latin1");
    else this.#end(new ExchangeError("ECONNRESET"));
  }

  endIfSentBefore(ms: number): void {
    if (!this.#pending || this.#pending.sentMs >= ms) return;
    this.close();
    this.#end(new ExchangeError("timeout"));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const response = parse(this.#received);
    if (!response) return;
    if (/^connection: close\r$/im.test(this.#received.slice(0, 2000))) this.close();
    this.#end(response);
  }

  #end(outcome: ExchangeResponse | ExchangeError): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = undefined;
    pending.settle(outcome);
    this.#onEnd();
  }
}

function encode({ url, method, headers, body = "" }: Outgoing, host: string): string {
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `host: ${host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (method === "POST") lines.push(`content-length: ${Buffer.byteLength(body, "latin1")}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function parse(text: string): ExchangeResponse | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const field = (name: string) => new RegExp(`^${name}: ([^\r]*)`, "im").exec(head)?.[1];
  const body = text.slice(headEnd + 4);
  const length = field("content-length");
  const isChunked = field("transfer-encoding") === "chunked";
  if (isChunked ? !body.endsWith("0\r\n\r\n") : body.length < Number(length ?? 0)) return undefined;
  return {
    status: Number(head.slice(9, 12)),
    location: field("location"),
    setCookies: [...head.matchAll(/^set-cookie: ([^\r]*)/gim)].map(([, value = ""]) => value),
    serverTiming: field("server-timing"),
    body,
    bodyBytes: body.length,
    isResent: false,
  };
}
