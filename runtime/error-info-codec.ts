import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { ErrorInfo } from "./status.ts";

// Written by hand, because generated code for these messages would add 10 kB to each bundle.
//   message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
//   message Any { string type_url = 1; bytes value = 2; }
//   message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }

const domain = "hipstershop.dev";
const typeUrl = "type.googleapis.com/google.rpc.ErrorInfo";

/**
 * Encodes a google.rpc.Status with a google.rpc.ErrorInfo in its details.
 *
 * @param code the number of the status on the wire
 * @param message the message of the status
 */
export function encodeErrorInfo(code: number, message: string, info: ErrorInfo): Buffer {
  const value = writeTexts(info.reason, domain);
  for (const entry of Object.entries(info.metadata)) {
    value.tag(3, WireType.LengthDelimited).bytes(writeTexts(...entry).finish());
  }
  const detail = writeTexts(typeUrl).tag(2, WireType.LengthDelimited).bytes(value.finish());
  const status = new BinaryWriter().tag(1, WireType.Varint).int32(code);
  status.tag(2, WireType.LengthDelimited).string(message);
  status.tag(3, WireType.LengthDelimited).bytes(detail.finish());
  return Buffer.from(status.finish());
}

/** Writes texts as the fields 1, 2 and so on of a message. */
function writeTexts(...texts: readonly string[]): BinaryWriter {
  const writer = new BinaryWriter();
  for (const [index, text] of texts.entries()) {
    writer.tag(index + 1, WireType.LengthDelimited).string(text);
  }
  return writer;
}

/** The shop's ErrorInfo in a google.rpc.Status; undefined if there is none or the status is malformed. */
export function decodeErrorInfo(status: Uint8Array): ErrorInfo | undefined {
  try {
    for (const detail of readFields(status, 3)) {
      const [value = new Uint8Array()] = readFields(detail, 2);
      if (readText(detail, 1) !== typeUrl || readText(value, 2) !== domain) continue;
      const entries = readFields(value, 3).map((entry) => [readText(entry, 1), readText(entry, 2)]);
      return { reason: readText(value, 1), metadata: Object.fromEntries(entries) };
    }
  } catch {
    // Details are optional: the status has a code and a message without them.
  }
  return undefined;
}

/** The values of a length-delimited field. */
function readFields(message: Uint8Array, number: number): Uint8Array[] {
  const values: Uint8Array[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === number && type === WireType.LengthDelimited) values.push(reader.bytes());
    else reader.skip(type, field);
  }
  return values;
}

function readText(message: Uint8Array, number: number): string {
  return new TextDecoder().decode(readFields(message, number).at(-1));
}
