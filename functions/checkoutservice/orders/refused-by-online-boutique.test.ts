import assert from "node:assert/strict";
import { test } from "node:test";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import type { StatusError } from "#runtime/status.ts";
import { serveDependencies } from "../fixtures/serve-dependencies.ts";
import { createClientsOf, startInstance } from "../fixtures/start-checkout.ts";

// Online Boutique's payment service refuses cards with this number, which is not a status code of gRPC.
const theirStatus: number = 400;

test("a card that Online Boutique's payment service refuses leaves no order", async (t) => {
  const server = new Server();
  const bytes = (message: Buffer) => message;
  const codec = {
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
  server.addService(
    { charge: { path: "/hipstershop.PaymentService/Charge", ...codec } },
    {
      charge: (_call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) =>
        respond({ code: theirStatus, details: "Credit card info is invalid" }),
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  const payment = createClient(PaymentServiceDefinition, `127.0.0.1:${await promise}`);
  t.after(() => payment.close());
  t.after(() => server.forceShutdown());
  const { address } = await serveDependencies(t);
  const others = createClientsOf(address);
  t.after(() => others.close());

  const { order, client } = await startInstance(t, address, { clients: { ...others, payment } });
  await assert.rejects(order(), ({ code, message, info }: StatusError) => {
    assert.equal(code, "INVALID_ARGUMENT");
    assert.equal(message, "Credit card info is invalid");
    assert.equal(info?.reason, "NOTHING_CHARGED");
    return true;
  });
  assert.deepEqual((await client.listOrders({ userId: "user" })).orders, []);
});
