import { createStagedCalls } from "./call-stages.ts";
import { serveEcho } from "./serve-echo.ts";

// The floor of a function that calls others: bundled grpc-js that makes as many RPCs in as many
// stages to the same functions (the argument, as JSON) and then returns the message.
serveEcho(createStagedCalls(JSON.parse(process.argv[2] ?? "[]")));
