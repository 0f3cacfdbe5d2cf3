import { createStagedCalls } from "./call-stages.ts";
import { readFloorArgument } from "./floor-argument.ts";
import { serveEcho } from "./serve-echo.ts";

// The floor of a function that calls others: bundled grpc-js that makes as many RPCs in as many
// stages to the same functions and then returns the message.
serveEcho(createStagedCalls(readFloorArgument().stages));
