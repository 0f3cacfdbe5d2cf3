import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBench } from "./report.ts";
import type { BenchResult } from "./run.ts";

const spread = (median: number) => ({ median, q1: median * 0.9, q3: median * 1.1 });

const result: BenchResult = {
  format: "hipster-shop-bench/5",
  startedAt: "2030-01-01T00:00:00.000Z",
  rounds: 2,
  responseCache: "on",
  machine: {
    platform: "linux",
    arch: "x64",
    cpuModel: "Sample CPU",
    cpuCount: 4,
    nodeVersion: "v24.0.0",
    loadAverage: 0.1,
  },
  boot: {
    node: { ms: spread(25), samplesMs: [25, 25] },
    echo: { ms: spread(60), samplesMs: [60, 60], xNode: spread(2.4) },
    functions: [
      {
        name: "adservice",
        call: "AdService/GetAds",
        ms: spread(80),
        xNode: spread(3.2),
        xEcho: spread(1.3),
        samplesMs: [80, 80],
      },
    ],
    floors: [
      {
        name: "bare http2",
        functionName: null,
        ms: spread(40),
        xNode: spread(1.6),
        functionXFloor: null,
        samplesMs: [40, 40],
      },
      {
        name: "ads alone",
        functionName: "adservice",
        ms: spread(50),
        xNode: spread(2),
        functionXFloor: spread(1.6),
        samplesMs: [50, 50],
      },
    ],
    baseline: null,
  },
  comparison: null,
  peer: null,
  memory: null,
  rpc: null,
  pages: null,
  platform: null,
  overload: null,
};

test("the report shows each measured part with its target", () => {
  assert.equal(
    formatBench(result),
    [
      "Node.js v24.0.0, 4 x Sample CPU, 2 rounds",
      "",
      "Spawn to first answer, telemetry on",
      "              ms       x node -e 0            x echo  call",
      "node -e 0   25.0",
      "bare http2  40.0  1.60 [1.44-1.76]",
      "ads alone   50.0  2.00 [1.80-2.20]",
      "echo        60.0  2.40 [2.16-2.64]",
      "adservice   80.0  3.20 [2.88-3.52]  1.30 [1.17-1.43]  AdService/GetAds",
      "highest: adservice 3.20x bare node (target: at most 2.5x)",
      "adservice takes 1.60 [1.44-1.76] times its floor: ads alone",
      "the baseline was skipped: npm ci --prefix bench/baseline installs its packages",
    ].join("\n"),
  );
});

test("the baseline is below the functions, with its ratio to ours", () => {
  const [ours] = result.boot?.functions ?? [];
  assert.ok(ours && result.boot);
  const baseline = { ...ours, name: "baseline", ms: spread(800), xOurs: spread(10) };
  const report = formatBench({ ...result, boot: { ...result.boot, baseline } });
  assert.match(report, /\nbaseline +800\.0 /);
  assert.match(report, /\nthe baseline takes 10\.00 \[9\.00-11\.00\] times our time$/);
});

test("the report warns if the machine was not quiet", () => {
  const machine = { ...result.machine, loadAverage: 2.34 };
  assert.match(formatBench({ ...result, machine }), /not quiet: its load average was 2\.3/);
});
