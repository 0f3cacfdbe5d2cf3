import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ContentEncoding, chooseEncoding } from "#runtime/content-encoding.ts";
import type { Html } from "../pages/html.ts";

const encodings = ["br", "gzip"] as const;
const maxUncompressedBytes = 1000;

/**
 * Sends a page, compressed if the client accepts that and the page is larger than 1 kB. hono/compress is
 * not used: it does not support Brotli for dynamic content, and its streams do not use the fast path of
 * Hono's Node adapter.
 *
 * Compression reveals secrets (BREACH) if a page contains both a secret and text from another site. No
 * page contains a secret: pages show 8 of the 32 digits of the session id, but no card number and no
 * security code, and their forms need no token. The ids of requests and orders are of no use without the
 * session id.
 */
export async function sendHtml(
  c: Context,
  document: Html,
  status: ContentfulStatusCode,
): Promise<Response> {
  const page = Buffer.from((await document).toString());
  const accepted = c.req.header("accept-encoding");
  const encoding =
    page.length > maxUncompressedBytes ? chooseEncoding(accepted, encodings) : undefined;
  const body = encoding ? compress(page, encoding) : page;
  c.header("vary", "accept-encoding");
  if (encoding) c.header("content-encoding", encoding);
  // The response to HEAD needs it too, and has no body to count.
  c.header("content-length", String(body.length));
  c.header("content-type", "text/html; charset=UTF-8");
  return c.body(body, status);
}

// At the fastest levels: higher ones save 0.3 of 2.6 kB of the home page for three times the CPU time.
// A page takes less than 0.1 ms, so a thread would cost more. zlib is loaded for the first compressed
// page, not during the boot.
function compress(page: Buffer, encoding: ContentEncoding): Buffer<ArrayBuffer> {
  const { brotliCompressSync, constants, gzipSync } = process.getBuiltinModule("node:zlib");
  return encoding === "br"
    ? brotliCompressSync(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
    : gzipSync(page, { level: constants.Z_BEST_SPEED });
}
