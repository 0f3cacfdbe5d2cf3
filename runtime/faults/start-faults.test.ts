import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { startFaulty } from "../fixtures/faulty-function.ts";
import { forkFixture, untilReady } from "../fixtures/fork-fixture.ts";
import { startCollector } from "../fixtures/span-collector.ts";

test("a function refuses to start with malformed rules, one line for each", async (t) => {
  const SHOP_FAULTS = "AdService/GetAds:latency=soon; *:hang; *:leak=much";
  const { child, lines } = forkFixture(t, "relay-function.ts", { SHOP_FAULTS });
  assert.deepEqual(await once(child, "exit"), [2, null]);
  const [first, second] = lines().at(-1)?.message?.split("\n") ?? [];
  assert.match(
    first ?? "",
    /^relay is not configured: the rule "AdService\/GetAds:latency=soon" of SHOP_FAULTS is wrong: latency is "soon": expected a duration/,
  );
  assert.match(second ?? "", /^the rule "\*:leak=much" of SHOP_FAULTS is wrong: leak is "much"/);
});

test("spans, metrics and the log mark injected faults", async (t) => {
  const collector = await startCollector(t);
  const called = await startFaulty(t, "");
  const faulty = await startFaulty(
    t,
    "*:latency=1ms; RecommendationService/*:latency=p50=1ms,p99=2ms; *:crash@0.000000001",
    { RELAY_TO: called.address, OTEL_EXPORTER_ZIPKIN_ENDPOINT: collector.url },
  );
  await faulty.call();
  const metrics = await faulty.readMetrics();
  for (const labels of [
    'side="server",target="*",kind="latency"',
    'side="client",target="RecommendationService/*",kind="latency"',
  ]) {
    assert.ok(metrics.includes(`shop_faults_injected_total{${labels}} 1`), metrics);
  }
  assert.doesNotMatch(metrics, /kind="crash"/);
  faulty.child.kill("SIGTERM");
  await faulty.exited;
  for (const [kind, rule] of [
    ["SERVER", "*:latency=1ms"],
    ["CLIENT", "RecommendationService/*:latency=p50=1ms,p99=2ms"],
  ]) {
    const span = collector.spans.find((each) => each.kind === kind);
    assert.ok(span);
    assert.equal(span.tags["fault.injected"], rule);
    assert.deepEqual(
      span.annotations?.map(({ value }) => value),
      ["fault injected"],
    );
  }
  assert.equal(faulty.count("faults are injected"), 1);
});

test("the local platform replaces the faults of a running function", async (t) => {
  const faulty = await startFaulty(t, "");
  await faulty.call();
  const command = { type: "faults", rules: "AdService/GetAds:status=ABORTED" };
  const confirm = async (message: { type: string; rules: string }) => {
    const confirmed = t.waitFor(() => assert.deepEqual(seen.at(-1), message), { timeout: 10_000 });
    faulty.child.send(message);
    await confirmed;
  };
  const seen: unknown[] = [];
  faulty.child.on("message", (message: { type?: string }) => {
    if (message.type === "faults") seen.push(message);
  });
  await confirm(command);
  await assert.rejects(faulty.call(), { code: "ABORTED" });
  await confirm({ type: "faults", rules: "" });
  await faulty.call();
  assert.equal(faulty.done(), 2);
  assert.equal(faulty.count("no faults are injected"), 1);
});

test("without SHOP_FAULTS, the code that injects is never loaded", async (t) => {
  const hook =
    'import{registerHooks}from"node:module";' +
    "registerHooks({load(url,context,next){if(/runtime.faults/.test(url))" +
    'console.log(JSON.stringify({message:"loaded"}));return next(url,context)}})';
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
  const plain = await startFaulty(t, "", env);
  await plain.call();
  assert.equal(plain.done(), 1);
  assert.equal(plain.count("loaded"), 0);
  const { child, lines } = forkFixture(t, "relay-function.ts", { ...env, SHOP_FAULTS: "*:hang" });
  await untilReady(child);
  assert.ok(lines().some(({ message }) => message === "loaded"));
});
