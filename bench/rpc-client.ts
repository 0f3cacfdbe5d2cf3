import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import type { Socket } from "node:net";

/**
 * A unary gRPC client over bare HTTP/2 for encoded messages: the same for functions and for the echo
 * server, and cheap enough that the server limits the rate.
 */
export class RpcClient {
  readonly #session: ClientHttp2Session;

  /** Connects to a port, or uses an open connection to it. */
  constructor(port: number, connection?: Socket) {
    const options = connection ? { createConnection: () => connection } : {};
    this.#session = connect(`http://127.0.0.1:${port}`, options);
    // Each call reports the failure of its own stream.
    this.#session.on("error", () => {});
  }

  /**
   * Calls a method with an encoded message.
   *
   * @param path such as `/hipstershop.CartService/GetCart`
   * @throws Error if the status is not OK, or the connection fails
   */
  call(path: string, message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: path,
        "content-type": "application/grpc",
        te: "trailers",
        "grpc-timeout": "10S",
      });
      readStatus(stream, path, resolve, reject);
      stream.end(frame(message));
    });
  }

  /** Closes the connection and fails the calls in flight. */
  close(): void {
    this.#session.destroy();
  }
}

function readStatus(
  stream: ClientHttp2Stream,
  path: string,
  resolve: () => void,
  reject: (error: Error) => void,
): void {
  let headers: NodeJS.Dict<string | string[] | undefined> = {};
  const keep = (received: typeof headers) => {
    headers = received;
  };
  stream.on("response", keep);
  stream.on("trailers", keep);
  stream.on("error", reject);
  stream.on("close", () => {
    const status = headers["grpc-status"];
    if (status === "0") return resolve();
    const reason = decodeURIComponent(String(headers["grpc-message"] ?? "no status"));
    reject(new Error(`${path} failed with gRPC status ${status}: ${reason}`));
  });
  stream.resume();
}

/** A message with gRPC's prefix: a flag for no compression, and the length. */
function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(5 + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}
