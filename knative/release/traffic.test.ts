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

test("a second rollback does not promote what the first one took back", () => {
  const promoted = promote("a-1", "a-2");
  assert.deepEqual(promoted[0], { revisionName: "a-2", percent: 100, tag: "stable" });
  assert.equal(findCandidate(promoted), undefined);
  const back = rollBack(promoted) ?? [];
  assert.deepEqual(back, [
    { revisionName: "a-1", percent: 100, tag: "stable" },
    { revisionName: "a-2", percent: 0, tag: "candidate" },
  ]);
  assert.equal(rollBack(back), undefined);
  // It is promoted again only by an explicit --promote.
  assert.equal(findCandidate(back)?.revisionName, "a-2");
});

test("a candidate without requests is not rolled back again", () => {
  const split = splitTraffic("a-1", "a-2", { tag: "blue", percent: 25 });
  assert.equal(rollBack(rollBack(split) ?? []), undefined);
});

test("a failed release leaves all shares with the revisions that had them", () => {
  const plain = [{ revisionName: "a-1", latestRevision: true, percent: 100 }];
  assert.deepEqual(pinTraffic(plain), [{ revisionName: "a-1", percent: 100, tag: "stable" }]);
  const split = splitTraffic("a-1", "a-2", { tag: "blue", percent: 25 });
  const withUrls = split.map((line) => ({ ...line, url: "http://x.shop.test" }));
  assert.deepEqual(pinTraffic(withUrls), split);
});
