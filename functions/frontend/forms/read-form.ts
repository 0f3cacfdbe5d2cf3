import type { IncomingMessage } from "node:http";
import { HTTPException } from "hono/http-exception";

/** The fields of a form that was sent; of a field that comes twice, the first counts. */
export type FormFields = ReadonlyMap<string, string>;

/** The outcome of checking a form: what it means, or a sentence for each field that is wrong. */
export type Checked<T> =
  | { readonly value: T; readonly errors?: undefined }
  | { readonly value?: undefined; readonly errors: FieldErrors };

/** A sentence per wrong field, by the field's name, in the order of the form. */
export type FieldErrors = ReadonlyMap<string, string>;

/** The largest form in bytes; the order form with all its fields filled to the brim has 4 KiB. */
export const maxFormBytes = 65_536;

/**
 * Reads a form from a request.
 *
 * @throws HTTPException 415 for another content type, 413 above `maxFormBytes`, 400 where the bytes
 * are not the encoding of a form in UTF-8
 */
export async function readForm(request: IncomingMessage): Promise<FormFields> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded" || request.headers["content-encoding"]) {
    throw new HTTPException(415, {
      message: "Forms are taken as application/x-www-form-urlencoded without compression only.",
    });
  }
  return parseFields(await readBody(request));
}

function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (Number(request.headers["content-length"] ?? 0) > maxFormBytes)
    return Promise.reject(tooBig());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const take = (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxFormBytes) return void chunks.push(chunk);
      request.off("data", take).pause();
      reject(tooBig());
    };
    request.on("data", take);
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", reject);
    request.once("close", () =>
      reject(new HTTPException(400, { message: "The form was cut off." })),
    );
  });
}

function tooBig(): HTTPException {
  return new HTTPException(413, {
    message: `That form is larger than the ${maxFormBytes / 1024} KiB that the shop reads.`,
  });
}

/**
 * Decodes `application/x-www-form-urlencoded` bytes, such as a body or the query of a URL.
 *
 * @throws HTTPException 400 for percent signs without two digits and for bytes that are not UTF-8
 */
export function parseFields(encoded: Uint8Array | string): FormFields {
  const fields = new Map<string, string>();
  try {
    const text = typeof encoded === "string" ? encoded : strictUtf8.decode(encoded);
    for (const pair of text.split("&")) {
      const [, name = "", value = ""] = /^([^=]*)=?([\s\S]*)$/.exec(pair) ?? [];
      const key = decodePart(name);
      if (!fields.has(key)) fields.set(key, decodePart(value));
    }
  } catch (cause) {
    throw new HTTPException(400, { message: "The form is not encoded as UTF-8.", cause });
  }
  return fields;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function decodePart(part: string): string {
  return decodeURIComponent(part.replaceAll("+", " "));
}
