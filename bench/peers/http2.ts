import { createServer } from "node:http2";
import { listen } from "./report-ready.ts";

// The floor of any gRPC server in Node.js: `node:http2` alone, which answers each RPC with
// an empty message and status 0.
const emptyMessage = Buffer.alloc(5);
const server = createServer();
server.on("stream", (stream) => {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.on("error", () => {});
  stream.resume();
  stream.end(emptyMessage);
});
listen(server);
