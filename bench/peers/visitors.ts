import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { runTrafficPhase } from "../traffic-phase.ts";
import { listen } from "./report-ready.ts";

// The visitors of an overloaded shop, in a process of its own that can be pinned to a CPU. Each request has a
// phase as JSON, and its response the result.
listen(
  createServer(async (request, response) => {
    const result = await runTrafficPhase(JSON.parse(await text(request)));
    response.end(JSON.stringify(result));
  }),
);
