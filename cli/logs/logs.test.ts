import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "#backends/fixtures/serve.ts";
import { runShop } from "../fixtures/run-shop.ts";
import { formatLine, type LogLine, parseLine, passes } from "./line.ts";
import { LineMerger } from "./merge.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const raw = JSON.stringify({
  timestamp: "2026-11-24T10:00:00.125Z",
  severity: "INFO",
  message: "charged",
  service: "paymentservice",
  trace_id: traceId,
  span_id: "b7ad6b7169203331",
  amount: "8.99",
});

test("parses, filters and formats a line", () => {
  const line = parseLine(raw, "x");
  assert.equal(line.service, "paymentservice");
  assert.equal(
    formatLine(line, false),
    `10:00:00.125 paymentservice         INFO    charged amount=8.99 trace=${traceId}`,
  );
  const all = { services: [], traceId: undefined, sinceMs: 0 };
  assert.ok(passes(line, all));
  assert.ok(passes(line, { ...all, traceId }));
  assert.ok(!passes(line, { ...all, traceId: "f".repeat(32) }));
  assert.ok(!passes(line, { ...all, services: ["adservice"] }));
  assert.ok(!passes(line, { ...all, sinceMs: Date.parse("2026-11-24T10:00:01Z") }));
});

test("a line that is not JSON is a message of its pod's function", () => {
  const line = parseLine("node: bad option", "adservice");
  assert.equal(line.service, "adservice");
  assert.match(formatLine(line, false), /adservice .*node: bad option$/);
});

test("sorts the lines of several pods by time", () => {
  const shown: string[] = [];
  const merger = new LineMerger((line: LogLine) => shown.push(line.message), 100);
  const at = (second: number) =>
    parseLine(
      JSON.stringify({ timestamp: `2026-11-24T10:00:0${second}Z`, message: `${second}` }),
      "",
    );
  merger.push(at(2), 0);
  merger.push(at(1), 50);
  merger.release(90);
  assert.deepEqual(shown, []);
  merger.release(150);
  assert.deepEqual(shown, ["1", "2"]);
  merger.push(at(4), 200);
  merger.push(at(3), 200);
  merger.flush();
  assert.deepEqual(shown, ["1", "2", "3", "4"]);
});

test("exits 2 and lists the functions if the local platform has no such function", async (t) => {
  const url = await serve(t, ({ pathname }) =>
    pathname === "/api/state" ? { functions: [{ name: "cartservice" }] } : "one\ntwo\n",
  );
  const refused = await runShop(["logs", "cart", "--local", url]);
  assert.equal(refused.status, 2);
  assert.match(
    refused.stderr,
    /shop: no function is named cart on the local platform: expected some of platform, cartservice\n$/,
  );
  const { status, stdout } = await runShop(["logs", "platform", "--local", url]);
  assert.deepEqual(
    { status, stdout: stdout.match(/\w+(?=\n)/g) },
    { status: 0, stdout: ["one", "two"] },
  );
});
