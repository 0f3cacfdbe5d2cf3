import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { createStagedCalls } from "./call-stages.ts";
import { readFloorArgument } from "./floor-argument.ts";
import { listen } from "./report-ready.ts";

// The floor of the storefront's first page: a page of Hono after as many RPCs of bare grpc-js to the
// same functions, without telemetry.
const callAll = createStagedCalls(readFloorArgument().stages);
const app = new Hono();
app.get("/", async (c) => {
  await callAll();
  return c.html("<!doctype html><title>Home</title>");
});
const server = createServer(getRequestListener(app.fetch));
listen(server);
