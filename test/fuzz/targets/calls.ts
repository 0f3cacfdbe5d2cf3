import * as fc from "fast-check";
import { exampleCalls } from "#load/example-calls.ts";
import { readMethod, shopMethods } from "#load/methods.ts";
import { anyBytes, anyEdits, anyFraction, anyText, applyEdits } from "../bytes.ts";
import { callGrpc, frameMessage } from "../call-grpc.ts";
import { anyJsonEdits, applyJsonEdits } from "../json.ts";
import { defineTarget } from "../target.ts";

interface Message {
  readonly to: string;
  readonly path: string;
  /** One character for each byte. */
  readonly message: string;
}

const userIds = ["a", "b", "", "x".repeat(200)];

// Each method of each function: its example with changed fields.
const anyValid: fc.Arbitrary<Message> = fc
  .record({
    example: fc.constantFrom(...exampleCalls),
    userId: fc.oneof(fc.constantFrom(...userIds), fc.uuid()),
    edits: anyJsonEdits,
    // Other values often cannot be encoded.
    keepsTypes: anyFraction.map((fraction) => fraction < 0.9),
  })
  .map(({ example, userId, edits, keepsTypes }) => {
    const method = readMethod(example.method);
    if (typeof method === "string") throw new Error(method);
    const valid = example.createRequest(userId);
    const request = applyJsonEdits(valid, edits, keepsTypes) as Record<string, unknown>;
    return { to: method.functionName, path: method.path, message: tryEncode(method, request) };
  });

// Values that do not fit their fields cannot be encoded.
function tryEncode(method: (typeof shopMethods)[number], request: Record<string, unknown>): string {
  try {
    return method.encode(request).toString("latin1");
  } catch {
    return "";
  }
}

const others: readonly Omit<Message, "message">[] = [
  ...["ListAllOrders", "ResendConfirmation", "ForgetCustomer"].map((name) => ({
    ...{ to: "checkoutservice", path: `/hipstershop.OrderAdminService/${name}` },
  })),
  { to: "cartservice", path: "/grpc.health.v1.Health/Check" },
  { to: "cartservice", path: "/hipstershop.PrewarmService/Wake" },
  { to: "cartservice", path: "/hipstershop.CartService/Unknown" },
];

// Fields of any number, type and depth, most of which the messages do not have.
const anyField: fc.Arbitrary<string> = fc.letrec<{ field: string; fields: string }>((tie) => ({
  field: fc
    .tuple(
      fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.nat(2 ** 29 - 1)),
      fc.oneof(
        fc
          .bigInt({ min: 0n, max: 2n ** 64n - 1n })
          .map((value) => [0, encodeVarint(value)] as const),
        anyBytes(8).map((bytes) => [1, bytes.padEnd(8, "\0")] as const),
        fc
          .oneof(anyBytes(20), tie("fields"))
          .map((bytes) => [2, encodeVarint(BigInt(bytes.length)) + bytes] as const),
        anyBytes(4).map((bytes) => [5, bytes.padEnd(4, "\0")] as const),
        fc.constantFrom([3, ""] as const, [4, ""] as const, [7, ""] as const),
      ),
    )
    .map(([number, [type, bytes]]) => encodeVarint((BigInt(number) << 3n) | BigInt(type)) + bytes),
  fields: fc
    .array(tie("field"), { maxLength: 4, depthIdentifier: "fields" })
    .map((all) => all.join("")),
})).fields;

function encodeVarint(value: bigint): string {
  let text = "";
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return text + String.fromCharCode(Number(rest));
    text += String.fromCharCode(Number(rest & 0x7fn) | 0x80);
  }
}

const anyMethod = fc.constantFrom(
  ...shopMethods.map(({ functionName, path }) => ({ to: functionName, path })),
  ...others,
);

const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  { weight: 5, arbitrary: anyValid },
  {
    weight: 3,
    arbitrary: fc.tuple(anyValid, anyEdits).map(([each, edits]) => ({
      ...each,
      message: applyEdits(each.message, edits),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(anyMethod, fc.oneof({ weight: 4, arbitrary: anyField }, anyBytes(60)))
      .map(([method, message]) => ({ ...method, message })),
  },
);

// Its name in the outbox was too long for a file.
function encodeLongOrderId(): Message {
  const method = shopMethods.find(({ name }) => name === "EmailService/SendOrderConfirmation");
  const example = exampleCalls.find((call) => call.method === method?.name)?.createRequest("a");
  if (!method || !example) throw new Error("EmailService/SendOrderConfirmation has no example");
  const order = { ...(example.order as object), orderId: "[".repeat(128) };
  const message = tryEncode(method, { ...example, order });
  return { to: method.functionName, path: method.path, message };
}

/** Messages of each RPC: valid, changed and random ones. */
export const messagesTarget = defineTarget({
  name: "messages",
  weight: 28,
  input: anyMessage,
  found: [
    { to: "cartservice", path: "/grpc.health.v1.Health/Check", message: "\x1d" },
    encodeLongOrderId(),
  ],
  send: ({ to, path, message }, shop) =>
    callGrpc(shop, to, { path, body: frameMessage(Buffer.from(message, "latin1")) }),
});

const headers = fc.dictionary(
  fc.constantFrom(
    ...["grpc-encoding", "grpc-timeout", "content-type", "grpc-accept-encoding", "user-agent"],
    ...["x-data-bin", "grpc-status", "authorization", "traceparent", "b3", "x-forwarded-for"],
  ),
  fc.oneof(
    fc.constantFrom(
      ...["gzip", "deflate", "identity", "br", "1n", "0m", "99999999H", "-1S", "application/grpc"],
    ),
    fc.constantFrom(
      ...["application/json", "application/grpc+json", "trailers", "", "1m", "!!!", "Bearer x"],
    ),
    fc.string({ maxLength: 20 }),
  ),
  { maxKeys: 4 },
);

// grpc-js answers INTERNAL itself if a client violates the protocol below the message, as grpc-go does (gRPC's
// statuscodes.md and compression.md).
function isProtocolError(message: string): boolean {
  return /^INTERNAL: (?:Invalid grpc-timeout value|Failed to decompress message)/.test(message);
}

/** Calls that are wrong outside of their message: prefix, headers, path, several messages, trailers. */
export const callsTarget = defineTarget({
  name: "calls",
  weight: 10,
  input: fc.record({
    to: fc.constantFrom("adservice", "currencyservice", "checkoutservice", "frontend"),
    path: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...shopMethods.map(({ path }) => path)) },
      anyText.map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
    ),
    flag: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(255)),
    excess: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      fc.constantFrom(-1, 1, 4 * 1024 * 1024, 2 ** 31),
    ),
    message: fc.oneof(fc.constant(""), anyField, anyBytes(30)),
    copies: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.nat(3)),
    headers,
    trailers: fc.option(headers, { nil: undefined, freq: 3 }),
  }),
  send: async ({ to, path, flag, excess, message, copies, headers, trailers }, shop) => {
    const frame = frameMessage(Buffer.from(message, "latin1"));
    frame.writeUInt8(flag, 0);
    frame.writeUInt32BE(Math.max(0, message.length + excess) >>> 0, 1);
    const body = Buffer.concat(Array(copies).fill(frame));
    const sent = { path, body, headers, ...(trailers && { trailers }) };
    const problem = await callGrpc(shop, to, sent);
    if (problem === undefined || isProtocolError(problem.message)) return undefined;
    // The caller's own deadline.
    const isLate = headers["grpc-timeout"] !== undefined && problem.isTimely;
    return isLate ? undefined : problem;
  },
});
