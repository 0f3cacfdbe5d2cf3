import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { createStagedCalls } from "./call-stages.ts";
import { port } from "./port.ts";

// The floor of the storefront's first page: a page of Hono after as many RPCs of bare grpc-js to the
// same functions (the argument, as JSON), without telemetry.
const callAll = createStagedCalls(JSON.parse(process.argv[2] ?? "[]"));
const app = new Hono();
app.get("/", async (c) => {
  await callAll();
  return c.html("<!doctype html><title>Home</title>");
});
const server = createServer(getRequestListener(app.fetch));
server.listen(port, () => {
  process.send?.({ type: "ready", port: (server.address() as AddressInfo).port });
});
// Only a regular exit writes the compile cache.
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
