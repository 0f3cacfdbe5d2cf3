import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { readErrorInfo } from "./error-info.ts";
import { serveCart } from "./fixtures/cart.ts";
import { StatusError } from "./status.ts";

const info = { reason: "OUTCOME_PENDING", metadata: { order_id: "1", ключ: "значение" } };
const trailer = "grpc-status-details-bin";

// Statuses as protoc-gen-ts_proto's code for google/rpc/status.proto and error_details.proto encodes them.
const encoded =
  "CAoSDnRoZSB0b3RhbCBpcyA1GnsKKHR5cGUuZ29vZ2xlYXBpcy5jb20vZ29vZ2xlLnJwYy5FcnJvckluZm8STwoPT1VUQ09NRV" +
  "9QRU5ESU5HEg9oaXBzdGVyc2hvcC5kZXYaDQoIb3JkZXJfaWQSATEaHAoI0LrQu9GO0YcSENC30L3QsNGH0LXQvdC40LU=";
const ofGoogle =
  "CAoaPwoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLkVycm9ySW5mbxITCgFSEg5nb29nbGVhcGlzLmNvbQ==";
const badRequest = "CAoaKwopdHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLkJhZFJlcXVlc3Q=";

async function fail(t: Parameters<typeof serveCart>[0], error: StatusError): Promise<StatusError> {
  const { client } = await serveCart(t, {
    getCart: () => {
      throw error;
    },
  });
  const failure: unknown = await client.getCart({ userId: "u" }).catch((cause: unknown) => cause);
  assert.ok(failure instanceof StatusError);
  return failure;
}

function trailersWith(details: string): Metadata {
  const trailers = new Metadata();
  trailers.set(trailer, Buffer.from(details, "base64"));
  return trailers;
}

describe("the ErrorInfo of a status", () => {
  test("is sent to the client beside code and message", async (t) => {
    const failure = await fail(t, new StatusError("ABORTED", "the total is 5", { info }));
    const { code, message } = failure;
    assert.deepEqual({ code, message }, { code: "ABORTED", message: "the total is 5" });
    assert.deepEqual(failure.info, info);
  });

  test("is sent in a google.rpc.Status, as other gRPC clients expect it", async (t) => {
    const failure = await fail(t, new StatusError("ABORTED", "the total is 5", { info }));
    const { metadata } = failure.cause as { metadata: Metadata };
    const [details] = metadata.get(trailer);
    assert.equal((details as Buffer).toString("base64"), encoded);
    assert.deepEqual(await readErrorInfo(trailersWith(encoded)), info);
  });

  test("is undefined if the handler gives none", async (t) => {
    const failure = await fail(t, new StatusError("ABORTED", "the total is 5"));
    assert.equal(failure.info, undefined);
  });

  for (const [what, details] of [
    ["of another domain", ofGoogle],
    ["of another type", badRequest],
    ["that is malformed", encoded.slice(0, -8)],
  ] as const) {
    test(`is undefined for one ${what}`, async () => {
      assert.equal(await readErrorInfo(trailersWith(details)), undefined);
    });
  }
});
