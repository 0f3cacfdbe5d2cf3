import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "./fixtures/serve.ts";
import { queryPrometheus } from "./prometheus.ts";

test("a query returns the labels and the value of each sample", async (t) => {
  const result = [{ metric: { service: "frontend" }, value: [1_800_000_000, "2.5"] }];
  const url = await serve(t, ({ searchParams }) =>
    searchParams.get("query") === "up" ? { status: "success", data: { result } } : undefined,
  );
  assert.deepEqual(await queryPrometheus(url, "up"), [
    { labels: { service: "frontend" }, value: 2.5 },
  ]);
});

test("an error names the Prometheus that does not respond, or refuses the query", async (t) => {
  await assert.rejects(queryPrometheus("http://127.0.0.1:1", "up"), {
    name: "BackendError",
    message: /^Prometheus at http:\/\/127\.0\.0\.1:1 cannot be read: /,
  });
  const url = await serve(t, () => ({ status: "error", error: "parse error" }));
  await assert.rejects(queryPrometheus(url, "up{"), {
    name: "BackendError",
    message: `Prometheus at ${url} cannot be read: parse error`,
  });
});
