import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** A request cannot be answered as asked; `status` is the HTTP status, the message the answer. */
export class RequestError extends Error {
  /** 4xx. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "RequestError";
    this.status = status;
  }
}

const unzip = promisify(gunzip);
const mostUnzippedFactor = 4;

/**
 * Reads a request's whole body, unpacked where it came in gzip.
 *
 * @throws RequestError 413 beyond the limit, 415 for another encoding, 400 for a broken one
 */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const tooLarge = new RequestError(413, `the body is larger than ${mostBytes} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw tooLarge;
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "gzip") throw new RequestError(415, `content-encoding ${encoding} is not known`);
  try {
    return await unzip(body, { maxOutputLength: mostBytes * mostUnzippedFactor });
  } catch {
    throw new RequestError(400, "the body is no gzip, or unpacks to too much");
  }
}
