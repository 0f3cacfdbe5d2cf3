import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageCodec } from "./rpc.ts";

// A larger buffer is not kept for the next message.
const maxKeptBytes = 65_536;

// Used for all messages: the buffer of a new one starts at 128 bytes, and is copied whenever it grows.
let writer = new BinaryWriter();

// The bytes of each constant message that was encoded.
const constants = new WeakMap<object, { bytes?: Buffer }>();

/** Declares that a message never changes, so that it is encoded once, and returns it. */
export function asConstant<T extends object>(message: T): T {
  constants.set(message, {});
  return message;
}

/** Serializes a message, as a Buffer because grpc-js requires one. Do not change it: constant messages share it. */
export function encodeMessage<T>(codec: Pick<MessageCodec<T>, "encode">, message: T): Buffer {
  const constant = constants.get(message as object);
  if (!constant) return encode(codec, message);
  constant.bytes ??= encode(codec, message);
  return constant.bytes;
}

function encode<T>(codec: Pick<MessageCodec<T>, "encode">, message: T): Buffer {
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
