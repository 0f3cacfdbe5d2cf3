import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { RequestError } from "./request-error.ts";

/**
 * Reads the whole body of a request and decompresses it if it is gzip. The limit applies to the bytes
 * as sent and as decompressed. The connection stays open after a failure, so that it can be answered.
 *
 * @throws RequestError 413 above `maxBytes`, 415 for another content encoding, 400 for broken gzip
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new RequestError(413, `the body is larger than ${maxBytes} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new RequestError(415, `content-encoding is ${encoding}: expected gzip or none`);
  }
  const chunks: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    byteLength += chunk.length;
    if (byteLength > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (encoding === "identity") return body;
  // Not imported at the top: few requests are compressed.
  const { gunzip } = await import("node:zlib");
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new RequestError(400, "content-encoding is gzip, but the body is not gzip", { cause });
  }
}
