import { Server, ServerCredentials } from "@grpc/grpc-js";

// What gRPC itself costs: one method that sends the message back as it came, no telemetry.
const asBytes = (bytes: Buffer) => bytes;
const server = new Server();
server.addService(
  {
    echo: {
      path: "/bench.EchoService/Echo",
      requestStream: false,
      responseStream: false,
      requestSerialize: asBytes,
      requestDeserialize: asBytes,
      responseSerialize: asBytes,
      responseDeserialize: asBytes,
    },
  },
  {
    echo: (call: { request: Buffer }, respond: (error: null, bytes: Buffer) => void) =>
      respond(null, call.request),
  },
);
const address = `127.0.0.1:${process.env.PORT ?? 0}`;
server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.({ type: "ready", port });
});
// An exit by itself writes the compile cache, which an end by signal would not.
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
