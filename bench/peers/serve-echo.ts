import { Server, ServerCredentials } from "@grpc/grpc-js";
import { port, reportReady } from "./report-ready.ts";

const asBytes = (bytes: Buffer) => bytes;

/**
 * Serves bare gRPC without telemetry: one method that returns the message unchanged, after the work, if any.
 */
export function serveEcho(work?: () => Promise<void>): void {
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
        if (!work) respond(null, call.request);
        else work().then(() => respond(null, call.request), respond);
      },
    },
  );
  server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
    if (error) throw error;
    reportReady(bound);
  });
}
