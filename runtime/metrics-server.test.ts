import assert from "node:assert/strict";
import { test } from "node:test";
import { Gauge, register } from "prom-client";
import { configureLog } from "./log.ts";
import { openMetricsServer } from "./metrics-server.ts";

test("answers 500 and logs if a collector fails, and answers the next scrape", async (t) => {
  const lines: string[] = [];
  configureLog({ write: (line) => lines.push(line) });
  const server = await openMetricsServer({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close());
  const url = `http://127.0.0.1:${server.port}/metrics`;
  const name = "test_failing";
  new Gauge({
    name,
    help: "A test.",
    collect: () => {
      throw new Error("the sensor is unplugged");
    },
  });

  const failed = await fetch(url);
  assert.equal(failed.status, 500);
  assert.equal(await failed.text(), "cannot collect the metrics: the sensor is unplugged\n");
  const { severity, message, error } = JSON.parse(lines.at(-1) ?? "{}");
  assert.deepEqual(
    [severity, message, error?.message],
    ["ERROR", "cannot collect the metrics", "the sensor is unplugged"],
  );

  register.removeSingleMetric(name);
  const served = await fetch(url);
  assert.equal(served.status, 200);
  assert.match(await served.text(), /process_cpu_seconds_total/);
});

test("answers 404 to everything but GET and HEAD of /metrics", async (t) => {
  const server = await openMetricsServer({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close());
  const base = `http://127.0.0.1:${server.port}`;
  assert.equal((await fetch(`${base}/`)).status, 404);
  assert.equal((await fetch(`${base}/metrics`, { method: "POST" })).status, 404);
});
