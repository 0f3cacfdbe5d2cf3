import { hash } from "node:crypto";

/**
 * Derives a UUID of version 5 (RFC 9562, 5.5) from names, so that everyone who has the names can derive
 * the same id. Each further name is hashed in the namespace of the id so far: `["ab", "c"]` and
 * `["a", "bc"]` give different ids.
 *
 * @param namespace a UUID in upper or lower case
 * @param names compared byte by byte: an id that is a name must be in one case
 */
export function nameBasedId(namespace: string, ...names: readonly string[]): string {
  return names.reduce(idOf, namespace);
}

function idOf(namespace: string, name: string): string {
  const named = [Buffer.from(namespace.replaceAll("-", ""), "hex"), Buffer.from(name)];
  const bytes = hash("sha1", Buffer.concat(named), "buffer").subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Whether a text is a UUID of any version. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
