import assert from "node:assert/strict";
import { test } from "node:test";
import { findSample, samples } from "#knative/fixtures/cluster.ts";
import { findContainer, planReads } from "./container-log.ts";
import { SeenLines, withoutTime } from "./seen-lines.ts";

const podOf = (revision: string) => {
  const pod = samples.pods.find(({ metadata }) => metadata.name.startsWith(revision));
  return findSample(samples.pods, pod?.metadata.name ?? revision);
};
const running = { pod: "p", service: "a", restartCount: 0, isRunning: true, hasStarted: true };
const ended = { ...running, isRunning: false };

test("finds the restarts and the state of the function's container in a pod", () => {
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

test("reads no log of a container that has not started", () => {
  assert.deepEqual(planReads({ ...ended, hasStarted: false }, undefined, true), []);
  assert.deepEqual(planReads(running, undefined, false), ["current"]);
});

test("after a restart reads the rest of the previous instance's log, then the new one's", () => {
  const last = { restartCount: 0, isComplete: true };
  assert.deepEqual(planReads({ ...running, restartCount: 1 }, last, false), [
    "previous",
    "current",
  ]);
  // A restart before the container was first listed, in a pod that started while logs were followed.
  assert.deepEqual(planReads({ ...running, restartCount: 1 }, undefined, true), [
    "previous",
    "current",
  ]);
  assert.deepEqual(planReads({ ...running, restartCount: 1 }, undefined, false), ["current"]);
});

test("reconnects after a broken connection, and reads an ended instance once", () => {
  assert.deepEqual(planReads(running, { restartCount: 0, isComplete: true }, false), ["current"]);
  assert.deepEqual(planReads(ended, { restartCount: 0, isComplete: false }, false), ["current"]);
  assert.deepEqual(planReads(ended, { restartCount: 0, isComplete: true }, false), []);
});

const at = (second: number, text: string) => `2026-11-24T10:00:0${second}.000000000Z ${text}`;

test("recognises a line that is read again, in whichever order the logs were read", () => {
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

test("recognises lines beyond the capacity by their times", () => {
  const seen = new SeenLines(2);
  for (const second of [1, 2, 3, 4]) assert.ok(seen.isNew(at(second, "x")));
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((second) => seen.isNew(at(second, "x"))),
    [false, false, false, false, true],
  );
  assert.equal(seen.since, "2026-11-24T10:00:03.000000000Z");
});
