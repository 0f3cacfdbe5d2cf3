import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "#runtime/environment.ts";
import { readExperiment } from "./read-experiment.ts";

const head = `name: tiny
title: Tiny
question: Does it read?
`;

function read(text: string, files: Readonly<Record<string, string>> = {}) {
  return readExperiment(text, "x.yaml", (name) => {
    const found = files[name];
    if (found === undefined) throw Object.assign(new Error("absent"), { code: "ENOENT" });
    return found;
  });
}

function mistakesOf(text: string, files?: Readonly<Record<string, string>>): string[] {
  try {
    read(text, files);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
  return [];
}

test("defaults are filled in, and a condition's settings override key by key", () => {
  const { experiment } = read(`${head}
entry: { kind: page, page: home }
policy: { window: 10s, prewarm: graph }
conditions:
  - name: plain
  - name: kept
    from: warm
    observe: 1m30s
    policy: { minScale: 1 }
`);
  assert.equal(experiment.repetitions, 20);
  const [plain, kept] = experiment.conditions;
  assert.deepEqual(plain?.policy, {
    minScale: 0,
    prewarm: "graph",
    responseCache: "off",
    windowMs: 10_000,
    retentionMs: 0,
    scaleDownDelayMs: 0,
  });
  assert.deepEqual(plain.arrival, { kind: "closed", users: 1, calls: 1, thinkMs: 0 });
  assert.deepEqual(
    [kept?.policy.minScale, kept?.policy.prewarm, kept?.observeMs, kept?.from],
    [1, "graph", 90_000, "warm"],
  );
});

test("every mistake is reported at once, each with its line and column", () => {
  const text = `name: Bad Name
title: T
question: Q
repetitions: 0
arrival: { kind: burst, size: 3 }
policy:
  window: six
  retension: 1s
conditions:
  - name: a
    entry: { kind: page, page: checkout }
  - deployment: nine
`;
  assert.deepEqual(mistakesOf(text), [
    'x.yaml:1:7: name is "Bad Name": expected lower-case letters, digits and dashes, 63 at most',
    "x.yaml:4:14: repetitions is 0: expected a whole number from 1 to 100000",
    'x.yaml:5:18: kind is "burst": expected one of closed, constant, poisson, bursts, trace',
    'x.yaml:7:11: window is "six": expected a duration such as 500ms, 6s or 1m30s',
    "x.yaml:8:3: retension is not a known key: expected one of window, retention, scaleDownDelay, " +
      "minScale, maxScale, initialScale, activationScale, concurrency, target, burstCapacity, prewarm, responseCache",
    'x.yaml:11:32: page is "checkout": expected one of home, product, cart',
    "x.yaml:12:5: conditions.1.name is missing",
    'x.yaml:12:17: deployment is "nine": expected one of ten, monolith, floor, baseline',
  ]);
});

test("contradictions are reported with their line", () => {
  const text = `${head}reference: c
entry: { kind: rpc, method: CurrencyService/Covert }
conditions:
  - name: a
    policy: { minScale: 1 }
  - name: a
    entry: { kind: rpc, method: CartService/GetCart, request: { user: x } }
  - name: b
    deployment: monolith
`;
  assert.deepEqual(mistakesOf(text), [
    'x.yaml:4:12: reference is "c": expected one of a, a, b',
    'x.yaml:5:29: method is "CurrencyService/Covert": CurrencyService has GetSupportedCurrencies, Convert, ConvertBatch',
    "x.yaml:7:5: minScale keeps instances, so it requires from: warm",
    "x.yaml:7:5: with minScale the shop never reaches zero, so it requires observe",
    'x.yaml:9:11: name is "a": another condition has it',
    "x.yaml:10:65: user is not a field of the request: expected one of userId",
    "x.yaml:11:5: deployment monolith serves only pages, so its entry cannot be an rpc",
  ]);
});

test("a text that is not YAML is reported with its line", () => {
  const [first = ""] = mistakesOf(`${head}conditions: [\n`);
  assert.match(first, /^x\.yaml:\d+:\d+: /);
});

test("an alias without its anchor is reported", () => {
  const [mistake, ...others] = mistakesOf("name: *a\n");
  assert.match(mistake ?? "", /^x\.yaml: Unresolved alias .*: a$/);
  assert.deepEqual(others, []);
});

test("arrival times are read from the CSV file, and its invalid lines are named", () => {
  const text = `${head}entry: { kind: visit }
arrival: { kind: trace, file: day.csv }
conditions: [{ name: a }]
`;
  const { experiment } = read(text, { "day.csv": "at_ms,note\n0,first\n12.5,\n12.5,\n" });
  const [{ arrival } = { arrival: undefined }] = experiment.conditions;
  assert.deepEqual(arrival, { kind: "trace", file: "day.csv", atMs: [0, 12.5, 12.5] });
  assert.deepEqual(mistakesOf(text), ["x.yaml:5:31: day.csv cannot be read: ENOENT"]);
  assert.deepEqual(mistakesOf(text, { "day.csv": "at_ms\n5\n4\n" }), [
    'x.yaml:5:31: day.csv is wrong: line 3: at_ms is "4": expected milliseconds, at least 5 as on the line before',
  ]);
  assert.deepEqual(mistakesOf(text, { "day.csv": "time\n5\n" }), [
    "x.yaml:5:31: day.csv is wrong: line 1: expected a column at_ms",
  ]);
});
