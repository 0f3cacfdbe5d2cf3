import assert from "node:assert/strict";
import { test } from "node:test";
import { compareSamples } from "../compared.ts";
import type { BenchResult } from "../run.ts";
import type { ComparisonResult } from "../run-comparison.ts";
import { figuresOf, figuresOfLoad } from "./figures.ts";

const commit = "b".repeat(40);
const twice = compareSamples({ checkout: [20, 20], reference: [10, 10] });
const spread = (median: number) => ({ median, q1: median, q3: median });
const xFloor = { checkout: spread(1.1), reference: spread(1.3) };
const shop = {
  ...{ acceptedCount: 9, failedCount: 0 },
  processes: [{ name: "platform", rssBytes: 180e6, peakRssBytes: 190e6 }],
};

const comparison: ComparisonResult = {
  checkout: { commit: "a".repeat(40), isDirty: false },
  reference: { name: "HEAD~1", commit },
  newFunctions: [],
  unsupported: null,
  boots: [
    {
      name: "adservice",
      call: "AdService/GetAds",
      floor: "echo",
      ms: twice,
      xFloor,
      xCachedFloor: xFloor,
    },
  ],
  calls: null,
  rates: [
    {
      ...{ name: "adservice", call: "AdService/GetAds", perSecond: twice },
      ...{ floor: "echo", xFloor, cpuXFloor: xFloor },
      ...{ closerFloor: null, xCloserFloor: null, closerXFloor: null },
    },
  ],
  pages: [
    {
      ...{ page: "home" as const, perSecond: twice, p99Ms: twice, oneUserMs: twice },
      ...{ cpuMsPerPage: null, pssBytes: null },
    },
  ],
  orders: twice,
  ordersXFloor: xFloor.checkout,
  orderWrites: null,
  zero: { atZero: twice, afterUse: twice, pageCount: 3000 },
  starts: { fresh: twice, unchanged: twice },
  loaded: { durationMs: 1000, shops: { checkout: shop, reference: shop } },
};

const nothing = { boot: null, memory: null, rpc: null, platform: null } as const;

test("ratios refer to the other commit, other figures are those of this checkout", () => {
  const figures = figuresOf({ ...nothing, comparison } as unknown as BenchResult);
  assert.deepEqual(
    figures.map(({ name, value, reference }) => [name, value, reference === commit]),
    [
      ["boot/adservice/xFloor", 1.1, false],
      ["rpc/adservice/xFloor", 1.1, false],
      ["rpc/adservice/cpuXFloor", 1.1, false],
      ["pages/home/perSecond", 2, true],
      ["pages/home/oneUserMs", 2, true],
      ["pages/home/p99Ms", 2, true],
      ["order/ms", 2, true],
      ["order/xFloor", 1.1, false],
      ["zero/atZero/bytes", 20, false],
      ["zero/afterUse/bytes", 20, false],
      ["start/fresh/ms", 20, false],
      ["start/unchanged/ms", 20, false],
      ["memory/platform/bytes", 180e6, false],
    ],
  );
});

test("parts that were not selected have no figures", () => {
  const none = { boots: null, rates: null, pages: null, orders: null, ordersXFloor: null };
  const result = { ...comparison, ...none, zero: null, starts: null, loaded: null };
  assert.deepEqual(figuresOf({ ...nothing, comparison: result } as unknown as BenchResult), []);
});

test("the home page of a load is the one on Knative", () => {
  const latencyMs = { min: 1, mean: 2, p50: 9, p90: 4, p99: 5, max: 6 };
  const page = { page: "GET /", count: 1, errorCount: 0, latencyMs, bodyBytes: 1 };
  assert.deepEqual(figuresOfLoad({ pages: [page] }), [
    { name: "knative/home/p50Ms", value: 9, reference: null },
  ]);
});
