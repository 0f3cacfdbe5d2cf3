import type { OutgoingHttpHeaders } from "node:http2";
import { judgeGrpc } from "./answers.ts";
import type { FuzzedShop } from "./shop/fuzzed-shop.ts";
import type { Problem } from "./target.ts";

/** A call as HTTP/2 transports it. */
export interface SentCall {
  /** Such as `/hipstershop.AdService/GetAds`. */
  readonly path: string;
  /** The frames of the body: prefix and message. */
  readonly body: Uint8Array;
  /** Headers in addition to those of each call, or instead of them. */
  readonly headers?: OutgoingHttpHeaders;
  /** Trailers of the request, which gRPC does not have. */
  readonly trailers?: OutgoingHttpHeaders;
}

/** Calls a function on an open connection. Resolves to what is wrong with its status. */
export function callGrpc(
  shop: FuzzedShop,
  functionName: string,
  { path, body, headers, trailers }: SentCall,
): Promise<Problem | undefined> {
  const { promise, resolve } = Promise.withResolvers<Problem | undefined>();
  const stream = shop
    .sessionOf(functionName)
    .request(
      { ...callHeaders, ":path": path, ...headers },
      { endStream: false, waitForTrailers: trailers !== undefined },
    );
  const answer: { code?: string; message?: string } = {};
  const read = (received: NodeJS.Dict<string | string[]>) => {
    answer.code ??= received["grpc-status"]?.toString();
    answer.message ??= received["grpc-message"]?.toString();
  };
  const limit = setTimeout(() => {
    resolve({ message: `not answered within ${shop.answerLimitMs} ms`, isTimely: true });
    stream.close();
  }, shop.answerLimitMs);
  stream.on("response", (received) => {
    read(received as NodeJS.Dict<string>);
    const status = Number(received[":status"]);
    if (status >= 500) resolve({ message: `:status ${status}` });
  });
  stream.on("trailers", (received) => read(received as NodeJS.Dict<string>));
  if (trailers) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  // A reset stream is an answer, too.
  stream.on("error", () => undefined);
  stream.on("close", () => {
    clearTimeout(limit);
    resolve(judgeGrpc(answer.code, answer.message ?? ""));
  });
  stream.resume();
  stream.end(body);
  return promise;
}

/** A message with its prefix: not compressed, with its length. */
export function frameMessage(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const callHeaders = {
  ":method": "POST",
  "content-type": "application/grpc",
  te: "trailers",
};
