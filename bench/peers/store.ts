import { readFloorArgument } from "./floor-argument.ts";
import { serveEcho } from "./serve-echo.ts";
import { createStoreWork } from "./store-work.ts";

// The floor of a function with a store: bundled grpc-js that reads and writes as its argument specifies, and then returns
// the message.
serveEcho(createStoreWork(readFloorArgument().store));
