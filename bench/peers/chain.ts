import { createStagedCalls } from "./call-stages.ts";
import { serveEcho } from "./serve-echo.ts";

// The floor of a function that calls others: bundled grpc-js that makes as many RPCs in as many
// stages to the same callees (its argument, as JSON) and then sends the message back.
serveEcho(createStagedCalls(JSON.parse(process.argv[2] ?? "[]")));
