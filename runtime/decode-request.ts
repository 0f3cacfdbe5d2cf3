import { isUtf8 } from "node:buffer";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { MethodDefinition } from "./rpc.ts";
import { StatusError } from "./status.ts";

// Checked first, because the conversion to a string replaces invalid UTF-8 silently.
function readText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new TypeError("not UTF-8");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/**
 * Parses the request of a method.
 *
 * @throws StatusError INVALID_ARGUMENT if it is malformed
 */
export function decodeRequest(method: MethodDefinition, name: string, bytes: Buffer): unknown {
  try {
    return method.requestType.decode(new BinaryReader(bytes, readText));
  } catch (cause) {
    const reason = cause instanceof TypeError ? "a string in it is not UTF-8" : "it is malformed";
    throw new StatusError("INVALID_ARGUMENT", `cannot read the request of ${name}: ${reason}`, {
      cause,
    });
  }
}
