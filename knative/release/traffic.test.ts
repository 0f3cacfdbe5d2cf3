import assert from "node:assert/strict";
import { test } from "node:test";
import {
  findCandidate,
  findStable,
  pinTraffic,
  promote,
  rollBack,
  splitTraffic,
} from "./traffic.ts";

test("a plain Service serves from its latest revision", () => {
  const traffic = [{ revisionName: "a-1", latestRevision: true, percent: 100 }];
  assert.equal(findStable(traffic)?.revisionName, "a-1");
  assert.equal(findCandidate(traffic), undefined);
  assert.equal(rollBack(traffic), undefined);
});

test("a split names both revisions, and rolling back takes the candidate's share", () => {
  const traffic = splitTraffic("a-1", "a-2", { tag: "blue", percent: 25 });
  assert.deepEqual(traffic, [
    { revisionName: "a-1", percent: 75, tag: "stable" },
    { revisionName: "a-2", percent: 25, tag: "blue" },
  ]);
  assert.equal(findCandidate(traffic)?.revisionName, "a-2");
  assert.deepEqual(
    rollBack(traffic)?.map(({ percent }) => percent),
    [100, 0],
  );
});

test("what was promoted can be rolled back, and forth again", () => {
  const promoted = promote("a-1", "a-2");
  assert.deepEqual(promoted[0], { revisionName: "a-2", percent: 100, tag: "stable" });
  assert.equal(findCandidate(promoted), undefined);
  const back = rollBack(promoted);
  assert.deepEqual(back, promote("a-2", "a-1"));
  assert.deepEqual(rollBack(back ?? []), promoted);
});

test("a failed release leaves all shares with the revisions that had them", () => {
  const plain = [{ revisionName: "a-1", latestRevision: true, percent: 100 }];
  assert.deepEqual(pinTraffic(plain), [{ revisionName: "a-1", percent: 100, tag: "stable" }]);
  const split = splitTraffic("a-1", "a-2", { tag: "blue", percent: 25 });
  const withUrls = split.map((line) => ({ ...line, url: "http://x.shop.test" }));
  assert.deepEqual(pinTraffic(withUrls), split);
});
