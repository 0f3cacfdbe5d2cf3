import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { drainWhileWorking } from "#runtime/fixtures/drain-while-working.ts";
import type { StorefrontEnv } from "./context.ts";
import { createHttpHandler } from "./http-handler.ts";

test("a drain waits for the work passed to c.executionCtx.waitUntil", async (t) => {
  const events = await drainWhileWorking(
    t,
    (work) => {
      const app = new Hono<StorefrontEnv>();
      app.get("/", (c) => {
        c.executionCtx.waitUntil(work);
        return c.text("page");
      });
      return { http: createHttpHandler(app) };
    },
    async (address) => {
      const response = await fetch(`http://${address}/`);
      assert.equal(await response.text(), "page");
    },
  );
  assert.deepEqual(events, ["answered", "work ended", "closed"]);
});
