import assert from "node:assert/strict";
import { test } from "node:test";
import {
  findCandidate,
  findStable,
  formatTraffic,
  pinTraffic,
  promote,
  rollBack,
  splitTraffic,
} from "./traffic.ts";

test("a Service without a release is stable at its latest revision", () => {
  const traffic = [{ revisionName: "a-1", latestRevision: true, percent: 100 }];
  assert.equal(findStable(traffic)?.revisionName, "a-1");
  assert.equal(findCandidate(traffic), undefined);
  assert.equal(rollBack(traffic), undefined);
});

test("a split names both revisions, and a rollback sets the candidate's share to 0", () => {
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

test("a second rollback does not promote the revision that the first one rolled back", () => {
  const promoted = promote("a-1", "a-2");
  assert.deepEqual(promoted[0], { revisionName: "a-2", percent: 100, tag: "stable" });
  assert.equal(findCandidate(promoted), undefined);
  const back = rollBack(promoted) ?? [];
  assert.deepEqual(back, [
    { revisionName: "a-1", percent: 100, tag: "stable" },
    { revisionName: "a-2", percent: 0, tag: "candidate" },
  ]);
  assert.equal(rollBack(back), undefined);
  // It can be promoted again explicitly.
  assert.equal(findCandidate(back)?.revisionName, "a-2");
});

test("a candidate without requests is not rolled back again", () => {
  const split = splitTraffic("a-1", "a-2", { tag: "blue", percent: 25 });
  assert.equal(rollBack(rollBack(split) ?? []), undefined);
});

test("a failed release keeps the shares of all revisions", () => {
  const plain = [{ revisionName: "a-1", latestRevision: true, percent: 100 }];
  assert.deepEqual(pinTraffic(plain), [{ revisionName: "a-1", percent: 100, tag: "stable" }]);
  const split = splitTraffic("a-1", "a-2", { tag: "blue", percent: 25 });
  const withUrls = split.map((line) => ({ ...line, url: "http://x.shop.test" }));
  assert.deepEqual(pinTraffic(withUrls), split);
});

test("the table shows each revision's tag, share, readiness and URL", () => {
  const traffic = [
    { revisionName: "a-00001", percent: 75, tag: "stable", url: "http://stable-a.shop.test" },
    { revisionName: "a-00002", percent: 25, tag: "blue", url: "http://blue-a.shop.test" },
    { revisionName: "a-00000", percent: 0 },
  ];
  const readiness = new Map([
    ["a-00001", "yes"],
    ["a-00002", "ExitCode2"],
  ]);
  assert.deepEqual(formatTraffic(traffic, readiness).split("\n"), [
    "REVISION  TAG     SHARE  READY      URL OF THE TAG",
    "a-00001   stable  75 %   yes        http://stable-a.shop.test",
    "a-00002   blue    25 %   ExitCode2  http://blue-a.shop.test",
    "a-00000   -       0 %    deleted    -",
  ]);
});
