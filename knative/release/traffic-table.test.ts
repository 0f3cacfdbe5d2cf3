import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTraffic } from "./traffic-table.ts";

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
    "a-00000   -       0 %    gone       -",
  ]);
});
