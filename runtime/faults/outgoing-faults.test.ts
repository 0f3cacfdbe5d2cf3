import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { orderPlaced } from "#protos/events.ts";
import { createEventSink } from "../deliver-event.ts";
import { setFaultInjector } from "../fault-hook.ts";
import { startSinkServer } from "../fixtures/event-sink.ts";
import { measure, startFaulty } from "../fixtures/faulty-function.ts";
import { createFaultInjector } from "./inject-faults.ts";
import { parseFaults } from "./parse-faults.ts";

const method = "RecommendationService/ListRecommendations";

async function startChain(t: TestContext, faults: string) {
  const called = await startFaulty(t, "");
  const calling = await startFaulty(t, faults, { RELAY_TO: called.address });
  return { called, calling };
}

describe("faults of an outgoing call", () => {
  test("a status fails the call before it is sent", async (t) => {
    const { called, calling } = await startChain(t, `${method}:status=ABORTED`);
    await assert.rejects(calling.call(), { code: "ABORTED" });
    assert.equal(called.done(), 0);
  });

  test("a latency or a hang ends at the deadline of the call", async (t) => {
    for (const fault of ["latency=1m", "hang"]) {
      const { called, calling } = await startChain(t, `${method}:${fault}`);
      const { ms, code } = await measure(calling.call());
      assert.equal(code, "DEADLINE_EXCEEDED");
      assert.ok(ms >= 999, `${ms} ms`);
      assert.equal(called.done(), 0);
    }
  });

  for (const [when, requests] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    test(`a crash ${when} it kills the calling process after ${requests} requests`, async (t) => {
      const { called, calling } = await startChain(t, `${method}:crash=${when}`);
      await assert.rejects(calling.call(), { code: "UNAVAILABLE" });
      assert.deepEqual(await calling.exited, [null, "SIGKILL"]);
      assert.equal(called.done(), requests);
      assert.equal(calling.done(), 0);
    });
  }
});

describe("faults of sending an event", () => {
  const content = { id: "1", publisher: "test", data: { email: "", order: undefined } };

  test("a status before or after it fails the attempt", async (t) => {
    t.after(() => setFaultInjector(undefined));
    for (const [moment, received] of [
      ["before", 0],
      ["after", 2],
    ] as const) {
      const sink = await startSinkServer(t);
      const rules = parseFaults(`${orderPlaced.type}:status=UNAVAILABLE,${moment}`);
      setFaultInjector(createFaultInjector(rules));
      const delivery = { timeoutMs: 1000, pausesMs: [1] };
      const sent = createEventSink(sink.url).publish(orderPlaced, content, delivery);
      await assert.rejects(sent, /injected fault: com.hipstershop.order.placed.v1 answers/);
      assert.equal(sink.received.length, received);
    }
  });

  test("a hang ends at the timeout of the attempt", async (t) => {
    t.after(() => setFaultInjector(undefined));
    const sink = await startSinkServer(t);
    setFaultInjector(createFaultInjector(parseFaults(`${orderPlaced.type}:hang=after`)));
    const delivery = { timeoutMs: 200, pausesMs: [] };
    const sent = createEventSink(sink.url).publish(orderPlaced, content, delivery);
    await assert.rejects(sent, { code: "UNAVAILABLE" });
    assert.equal(sink.received.length, 1);
  });
});

test("a rule selects its share of the calls", async () => {
  const draws = [0.1, 0.5, 0.29, 0.3];
  const rules = parseFaults("*:status=ABORTED@0.3");
  const injector = createFaultInjector(rules, () => draws.shift() ?? 1);
  const point = { side: "server", target: "a/b", span: undefined, signal: undefined } as const;
  const codes: string[] = [];
  for (let call = 0; call < 4; call += 1) {
    codes.push((await measure(injector.call(point, () => undefined))).code);
  }
  assert.deepEqual(codes, ["ABORTED", "OK", "ABORTED", "OK"]);
});
