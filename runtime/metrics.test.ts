import assert from "node:assert/strict";
import { test } from "node:test";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { counter, gauge, gaugeByLabel, histogram, renderMetrics, slowSeconds } from "./metrics.ts";
import { withSpan } from "./tracing.ts";

const measuredIn = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const kept = { ...measuredIn, traceFlags: 1 };
const exemplar = `# {trace_id="${measuredIn.traceId}",span_id="${measuredIn.spanId}"}`;

test("a slow value has its trace as exemplar, a fast value has no exemplar", async () => {
  const duration = histogram({ name: "test_slow_seconds", help: "A test.", labels: ["kind"] });
  duration.observe({ kind: "at once" }, slowSeconds / 2, kept);
  duration.child({ kind: "fast" }).observe(slowSeconds / 2, kept);
  duration.observe({ kind: "slow" }, 0.3, kept);
  duration.child({ kind: "bound" }).observe(0.3, kept);

  const { body } = await renderMetrics();
  const lines = body.split("\n").filter((line) => line.startsWith("test_slow_seconds_bucket"));
  const marked = lines.filter((line) => line.includes("trace_id"));
  assert.deepEqual(
    marked.map((line) => line.replace(/ [\d.]+$/, "")),
    [
      `test_slow_seconds_bucket{le="0.5",kind="slow"} 1 ${exemplar} 0.3`,
      `test_slow_seconds_bucket{le="0.5",kind="bound"} 1 ${exemplar} 0.3`,
    ],
  );
  for (const kind of ["at once", "fast", "slow", "bound"]) {
    assert.ok(body.includes(`test_slow_seconds_count{kind="${kind}"} 1`), kind);
  }
});

test("a trace that is not sampled is not an exemplar", async () => {
  const duration = histogram({ name: "test_dropped_seconds", help: "A test." });
  duration.observe({}, 0.3, { ...measuredIn, traceFlags: 0 });
  duration.child({}).observe(0.3, { ...measuredIn, traceFlags: 0 });
  duration.observe({}, 0.3);

  const { body } = await renderMetrics();
  const lines = body.split("\n").filter((line) => line.startsWith("test_dropped_seconds"));
  assert.ok(lines.includes("test_dropped_seconds_count 3"), lines.join("\n"));
  assert.doesNotMatch(lines.join("\n"), /trace_id/);
});

test("a scrape is in OpenMetrics format with the names of counters unchanged", async () => {
  counter({ name: "test_things_total", help: "A test." }).inc();
  for (const attempt of [1, 2]) {
    const { contentType, body } = await renderMetrics();
    assert.match(contentType, /^application\/openmetrics-text; version=1\.0\.0/);
    assert.match(body, /^test_things_total 1$/m, `scrape ${attempt}`);
    assert.ok(body.endsWith("# EOF\n"));
  }
});

test("a gauge is read at each scrape, and is absent if it cannot be read", async () => {
  const values = [7, undefined, 8];
  const read = async () => {
    const value = values.shift();
    if (value === undefined) throw new Error("no store");
    return value;
  };
  gauge({ name: "test_open", help: "A test.", read });
  const lines = [];
  for (let scrape = 0; scrape < 3; scrape += 1) {
    const { body } = await renderMetrics();
    lines.push(body.split("\n").find((line) => line.startsWith("test_open")));
  }
  assert.deepEqual(lines, ["test_open 7", undefined, "test_open 8"]);
});

test("a gauge by label has the series of the last scrape", async () => {
  const values: Record<string, number>[] = [{ a: 1, b: 2 }, { b: 3 }];
  const read = async () => values.shift() ?? {};
  gaugeByLabel({ name: "test_ages", help: "A test.", label: "state", read });
  for (const expected of [
    ['test_ages{state="a"} 1', 'test_ages{state="b"} 2'],
    ['test_ages{state="b"} 3'],
    [],
  ]) {
    const { body } = await renderMetrics();
    assert.deepEqual(
      body.split("\n").filter((line) => line.startsWith("test_ages")),
      expected,
    );
  }
});

test("a gauge's reads of a store at each scrape are not traced", async (t) => {
  const server = await serveForTest({});
  t.after(() => server.close());
  const recorded: boolean[] = [];
  const read = () =>
    withSpan("read", {}, async (span) => {
      recorded.push(span.isRecording());
      return 1;
    });
  await read();
  gauge({ name: "test_read", help: "A test.", read });
  await renderMetrics();
  assert.deepEqual(recorded, [true, false]);
});
