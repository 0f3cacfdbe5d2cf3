import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";

/** The fields of a form. If a field occurs twice, the first one counts, as in Go's FormValue. */
export interface FormFields {
  /** The value of a field; null or undefined if it is missing. */
  get(name: string): string | null | undefined;
}

/** A message for each invalid field, by the field's name, in the order of the form. */
export type FieldErrors = ReadonlyMap<string, string>;

/** The result of validating a form. */
export type Validated<T> =
  | { readonly value: T; readonly errors?: undefined }
  | { readonly value?: undefined; readonly errors: FieldErrors };

/** The maximum size of a form in bytes. The order form with the longest values has 4 KiB. */
export const maxFormBytes = 65_536;

const limitChunked = bodyLimit({ maxSize: maxFormBytes, onError: rejectTooLarge });

/**
 * Reads the form of a request; a request without a body has no fields. `c.req.parseBody` is not used: it
 * uses the last of two fields, accepts multipart bodies and replaces bytes that are not UTF-8.
 *
 * @throws HTTPException 415 for another media type or a compressed body, 413 above `maxFormBytes`, 400
 * for an incomplete body or invalid UTF-8
 */
export async function readForm(c: Context): Promise<FormFields> {
  const type = c.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if ((type ?? formType) !== formType || c.req.header("content-encoding")) {
    throw new HTTPException(415, { message: `Send the form as ${formType}, uncompressed.` });
  }
  // bodyLimit converts any body to a web stream, which takes 0.2 ms, and 3 ms for the first form.
  const length = c.req.header("content-length");
  if (length === undefined) await limitChunked(c, async () => undefined);
  else if (Number(length) > maxFormBytes) rejectTooLarge();
  const body = await c.req.arrayBuffer().catch((cause) => {
    throw new HTTPException(400, { message: "The form is incomplete.", cause });
  });
  return parseFields(new Uint8Array(body));
}

function rejectTooLarge(): never {
  throw new HTTPException(413, {
    message: `The form is larger than ${maxFormBytes / 1024} KiB, the maximum.`,
  });
}

const formType = "application/x-www-form-urlencoded";

/**
 * Decodes the bytes of a form.
 *
 * @throws HTTPException 400 for invalid UTF-8
 */
export function parseFields(encoded: Uint8Array): FormFields {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(encoded);
  } catch (cause) {
    throw notUtf8(cause);
  }
  requireUtf8(text);
  return new URLSearchParams(text);
}

/**
 * Rejects percent-encoding that `c.req.query` and URLSearchParams would replace or leave undecoded.
 *
 * @throws HTTPException 400 for percent-encoding that is incomplete or not UTF-8
 */
export function requireUtf8(percentEncoded: string): void {
  try {
    decodeURIComponent(percentEncoded);
  } catch (cause) {
    throw notUtf8(cause);
  }
}

function notUtf8(cause: unknown): HTTPException {
  return new HTTPException(400, { message: "The request is not encoded as UTF-8.", cause });
}
