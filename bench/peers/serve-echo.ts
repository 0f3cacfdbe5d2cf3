import { Server, ServerCredentials } from "@grpc/grpc-js";
import { checkPath, echoPath } from "./paths.ts";
import { port, reportReady } from "./report-ready.ts";

const asBytes = (bytes: Buffer) => bytes;
const describe = (path: string) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: asBytes,
  requestDeserialize: asBytes,
  responseSerialize: asBytes,
  responseDeserialize: asBytes,
});

/**
 * Serves bare gRPC without telemetry: a method that returns the message unchanged, after the work, if any, and a health
 * check, which does the same without the work.
 */
export function serveEcho(work?: () => Promise<void>): void {
  const server = new Server();
  server.addService(
    { echo: describe(echoPath), check: describe(checkPath) },
    {
      check: (call: { request: Buffer }, respond: (error: Error | null, bytes?: Buffer) => void) =>
        respond(null, call.request),
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
