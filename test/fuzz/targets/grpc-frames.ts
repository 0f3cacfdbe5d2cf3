import * as fc from "fast-check";
import { http2Preface } from "#runtime/detect-protocol.ts";
import { anyBytes, anyEdits, applyEdits } from "../bytes.ts";
import { frameMessage } from "../call-grpc.ts";
import { sendBytes } from "../send-bytes.ts";
import { defineTarget } from "../target.ts";

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: string;
  /** The length in the frame's head minus that of the payload. */
  readonly excess: number;
}

// HPACK without compression: each header is a literal that is not indexed, with lengths below 127.
function encodeHeaders(headers: Readonly<Record<string, string>>): string {
  const text = (value: string) => String.fromCharCode(value.length) + value;
  return Object.entries(headers)
    .map(([name, value]) => `\0${text(name)}${text(value)}`)
    .join("");
}

const callHeaders = encodeHeaders({
  ":method": "POST",
  ":scheme": "http",
  ":path": "/hipstershop.AdService/GetAds",
  ":authority": "shop",
  "content-type": "application/grpc",
  te: "trailers",
});

const call: readonly Frame[] = [
  { type: 4, flags: 0, streamId: 0, payload: "", excess: 0 },
  { type: 1, flags: 4, streamId: 1, payload: callHeaders, excess: 0 },
  {
    ...{ type: 0, flags: 1, streamId: 1, excess: 0 },
    payload: frameMessage(Buffer.alloc(0)).toString("latin1"),
  },
];

const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...call) },
  fc.record({
    type: fc.oneof({ weight: 4, arbitrary: fc.nat(9) }, fc.nat(255)),
    flags: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1, 4, 5, 8, 0x20) }, fc.nat(255)),
    streamId: fc.oneof(fc.constantFrom(0, 1, 2, 3, 5), fc.nat(0x7fffffff)),
    payload: fc.oneof(
      anyBytes(40),
      fc.constant(callHeaders),
      fc.tuple(fc.constant(callHeaders), anyEdits).map(([text, edits]) => applyEdits(text, edits)),
      // SETTINGS, WINDOW_UPDATE and PING have fixed sizes.
      fc.constantFrom(
        "\0\x03\0\0\0\0",
        "\0\x04\xff\xff\xff\xff",
        "\x7f\xff\xff\xff",
        "\0\0\0\0",
        "12345678",
      ),
    ),
    excess: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      fc.integer({ min: -9, max: 20_000 }),
    ),
  }),
);

function writeFrame({ type, flags, streamId, payload, excess }: Frame): string {
  const head = Buffer.alloc(9);
  head.writeUIntBE(Math.max(0, payload.length + excess), 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return head.toString("latin1") + payload;
}

const anyConnection = fc.oneof(
  fc.array(anyFrame, { maxLength: 8 }),
  fc.array(anyFrame, { maxLength: 6 }).map((frames) => [...call, ...frames]),
  // Floods.
  fc.tuple(anyFrame, fc.nat(2000)).map(([frame, count]) => Array<Frame>(count).fill(frame)),
);

// An unknown method and its RST_STREAM in one packet: grpc-js answered on a closed stream.
const resetCall = [
  ...call.slice(0, 1),
  { ...{ type: 1, flags: 4, streamId: 1, excess: 0 }, payload: callHeaders },
  { type: 3, flags: 0, streamId: 1, payload: "\0\0\0\x08", excess: 0 },
];

// HTTP/2 connections stay open after an answer.
const endAfterMs = 20;

/** Malformed HTTP/2 frames, wrong lengths, header blocks and floods, each on a connection of its own. */
export const framesTarget = defineTarget({
  name: "frames",
  weight: 10,
  input: fc.record({
    to: fc.constantFrom("adservice", "currencyservice", "frontend"),
    bytes: fc
      .tuple(anyConnection, fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, anyEdits))
      .map(([frames, edits]) => http2Preface + applyEdits(frames.map(writeFrame).join(""), edits)),
  }),
  found: [{ to: "currencyservice", bytes: http2Preface + resetCall.map(writeFrame).join("") }],
  send: async ({ to, bytes }, shop) => {
    const { hang } = await sendBytes(shop, to, Buffer.from(bytes, "latin1"), endAfterMs);
    return hang;
  },
});
