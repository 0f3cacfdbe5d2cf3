import { createHash } from "node:crypto";

// A random UUID of our own: RFC 9562, section 6.6, has name-based ids start from one.
const refundNamespace = Buffer.from("b1f6a2f4c7d24e0f9a3c5d8e6b7a4c19", "hex");

/**
 * The id of the refund of a charge: a UUID of version 5 made from the transaction id. Nothing is
 * stored, and still a refund that is asked for twice is the same refund.
 *
 * @param transactionId a UUID; its letters' case does not matter
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
