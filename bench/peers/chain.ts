import { Server, ServerCredentials } from "@grpc/grpc-js";
import { createStagedCalls } from "./call-stages.ts";
import { port } from "./port.ts";

// The floor of a function that calls others: bundled grpc-js that makes as many RPCs in as many
// stages to the same callees (its argument, as JSON) and then sends the message back; no telemetry.
const asBytes = (bytes: Buffer) => bytes;
const callAll = createStagedCalls(JSON.parse(process.argv[2] ?? "[]"));
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
    echo: (call: { request: Buffer }, respond: (error: Error | null, bytes?: Buffer) => void) => {
      callAll().then(() => respond(null, call.request), respond);
    },
  },
);
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
  if (error) throw error;
  process.send?.({ type: "ready", port: bound });
});
// An exit by itself writes the compile cache, which an end by signal would not.
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
