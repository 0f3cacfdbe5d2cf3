import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageCodec } from "./rpc.ts";

// A larger buffer is not kept for the next message.
const maxKeptBytes = 65_536;

// Used for all messages: the buffer of a new one starts at 128 bytes, and is copied whenever it grows.
let writer = new BinaryWriter();

/** Serializes a message, as a Buffer because grpc-js requires one. */
export function encodeMessage<T>(codec: Pick<MessageCodec<T>, "encode">, message: T): Buffer {
  try {
    const { buffer, byteOffset, byteLength } = codec.encode(message, writer).finish();
    if (byteLength > maxKeptBytes) writer = new BinaryWriter();
    return Buffer.from(buffer, byteOffset, byteLength);
  } catch (error) {
    // It contains a part of the message.
    writer = new BinaryWriter();
    throw error;
  }
}
