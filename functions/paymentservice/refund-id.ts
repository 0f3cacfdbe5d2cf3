import { createHash } from "node:crypto";

// A random UUID: name-based ids need a namespace (RFC 9562, 6.6).
const refundNamespace = Buffer.from("b1f6a2f4c7d24e0f9a3c5d8e6b7a4c19", "hex");

/**
 * Derives the id of a refund from the transaction id, as a UUID of version 5. Therefore repeated refunds of
 * a charge have the same id, although nothing is stored.
 *
 * @param transactionId a UUID in upper or lower case
 */
export function refundIdOf(transactionId: string): string {
  const hash = createHash("sha1");
  hash.update(refundNamespace).update(transactionId.toLowerCase());
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Whether a text is a UUID of any version. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
