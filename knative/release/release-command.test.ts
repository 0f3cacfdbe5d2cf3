import assert from "node:assert/strict";
import { test } from "node:test";
import { readReleaseOptions } from "./release-command.ts";

const always = { namespace: "shop", timeout: "180s" };

test("variables and a share are parsed", () => {
  const given = { ...always, env: ["A=1", "URL=http://x?a=b"], tag: "blue", percent: "25" };
  assert.deepEqual(readReleaseOptions(given), {
    image: undefined,
    env: { A: "1", URL: "http://x?a=b" },
    tag: "blue",
    percent: 25,
    promote: false,
    rollback: false,
    timeoutMs: 180_000,
  });
});

for (const [given, said] of [
  [{ percent: "101" }, /^--percent is "101": expected a whole number, 0 to 100/],
  [{ percent: "1.5" }, /^--percent is "1\.5"/],
  [{ tag: "stable" }, /^--tag is "stable": .*, neither stable nor previous/],
  [{ tag: "Blue" }, /^--tag is "Blue": expected a DNS label/],
  [{ env: ["A"] }, /^--env is A: expected NAME=VALUE/],
  [{ promote: true, rollback: true }, /^--show, --promote and --rollback exclude each other/],
  [{ promote: true, percent: "5" }, /^--show, --promote and --rollback exclude each other/],
  [{ timeout: "0s" }, /^--timeout is "0s": expected seconds or minutes/],
  [{ namespace: "Not A Namespace" }, /^--namespace /],
] as const) {
  test(`${JSON.stringify(given)} is refused with the value and the rule`, () => {
    assert.throws(() => readReleaseOptions({ ...always, ...given }), { message: said });
  });
}
