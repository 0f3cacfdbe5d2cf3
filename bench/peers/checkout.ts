import { createStagedCalls } from "./call-stages.ts";
import { readFloorArgument } from "./floor-argument.ts";
import { serveEcho } from "./serve-echo.ts";
import { createStoreWork } from "./store-work.ts";

// The floor of checkout: bundled grpc-js that makes an order's RPCs, writes as often as its journal, and then returns the
// message.
const { stages, store } = readFloorArgument();
const callAll = createStagedCalls(stages);
const write = createStoreWork(store);
serveEcho(async () => {
  await write();
  await callAll();
});
