import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { createStagedCalls } from "./call-stages.ts";
import { listen } from "./report-ready.ts";

// The floor of the storefront's first page: a page of Hono after as many RPCs of bare grpc-js to the
// same functions (the argument, as JSON), without telemetry.
const callAll = createStagedCalls(JSON.parse(process.argv[2] ?? "[]"));
const app = new Hono();
app.get("/", async (c) => {
  await callAll();
  return c.html("<!doctype html><title>Home</title>");
});
const server = createServer(getRequestListener(app.fetch));
listen(server);
