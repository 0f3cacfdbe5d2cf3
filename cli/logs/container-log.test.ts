import assert from "node:assert/strict";
import { test } from "node:test";
import { findSample, samples } from "#knative/deploy/fixtures/cluster.ts";
import { findContainer, planReads } from "./container-log.ts";
import { SeenLines, withoutTime } from "./seen-lines.ts";

const podOf = (revision: string) => {
  const pod = samples.pods.find(({ metadata }) => metadata.name.startsWith(revision));
  return findSample(samples.pods, pod?.metadata.name ?? revision);
};
const running = { pod: "p", service: "a", restartCount: 0, isRunning: true, hasStarted: true };
const ended = { ...running, isRunning: false };

test("a pod tells how often its function's container was restarted", () => {
  const { pod: _, ...crash } = findContainer(podOf("crash-00001"));
  assert.deepEqual(crash, {
    service: "crash",
    restartCount: 4,
    isRunning: false,
    hasStarted: true,
  });
  const { pod: __, ...good } = findContainer(podOf("good-00001"));
  assert.deepEqual(good, { service: "good", restartCount: 0, isRunning: true, hasStarted: true });
  const starting = structuredClone(podOf("good-00001"));
  starting.status = {};
  assert.equal(findContainer(starting).hasStarted, false);
});

test("a container that has not started has no log yet", () => {
  assert.deepEqual(planReads({ ...ended, hasStarted: false }, undefined, true), []);
  assert.deepEqual(planReads(running, undefined, false), ["current"]);
});

test("after a restart the rest of the instance before is read, then the new one", () => {
  const last = { restartCount: 0, isComplete: true };
  assert.deepEqual(planReads({ ...running, restartCount: 1 }, last, false), [
    "previous",
    "current",
  ]);
  // One that has restarted before it was seen, in a pod that came while the log was followed.
  assert.deepEqual(planReads({ ...running, restartCount: 1 }, undefined, true), [
    "previous",
    "current",
  ]);
  assert.deepEqual(planReads({ ...running, restartCount: 1 }, undefined, false), ["current"]);
});

test("a connection that broke is made again, and an instance that ended is read once", () => {
  assert.deepEqual(planReads(running, { restartCount: 0, isComplete: true }, false), ["current"]);
  assert.deepEqual(planReads(ended, { restartCount: 0, isComplete: false }, false), ["current"]);
  assert.deepEqual(planReads(ended, { restartCount: 0, isComplete: true }, false), []);
});

const at = (second: number, text: string) => `2026-11-24T10:00:0${second}.000000000Z ${text}`;

test("a line that is read again is known, whichever instance's log was read first", () => {
  const seen = new SeenLines();
  assert.deepEqual(
    [at(5, "second"), at(1, "first"), at(5, "second"), at(1, "first"), at(1, "other")].map((line) =>
      seen.isNew(line),
    ),
    [true, true, false, false, true],
  );
  assert.equal(seen.since, undefined);
  assert.equal(withoutTime(at(1, "two words")), "two words");
});

test("lines that were forgotten are known by their times", () => {
  const seen = new SeenLines(2);
  for (const second of [1, 2, 3, 4]) assert.ok(seen.isNew(at(second, "x")));
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((second) => seen.isNew(at(second, "x"))),
    [false, false, false, false, true],
  );
  assert.equal(seen.since, "2026-11-24T10:00:03.000000000Z");
});
