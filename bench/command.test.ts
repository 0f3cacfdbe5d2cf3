import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const program = join(import.meta.dirname, "..", "cli", "shop.ts");

const wrong: [string[], RegExp][] = [
  [["--rounds", "0"], /^shop: --rounds is "0": expected a whole number from 1 to 1000\n$/],
  [
    ["--only", "overload", "--duration", "5m"],
    /^shop: --duration is "5m": expected a duration from 1s to 4m, .*\n$/,
  ],
  [["--duration", "2h"], /^shop: --duration is "2h": expected a duration from 1s to 1h, .*\n$/],
  [["--only", "speed"], /^shop: --only is "speed": expected boot, memory, rpc, pages, .*\n$/],
  [
    ["--json", "/nowhere/at/all.json"],
    /^shop: --json is .*: expected a file that can be written\n$/,
  ],
  [["fast"], /^error: too many arguments.*\n$/],
];

for (const [args, message] of wrong) {
  test(`bench ${args.join(" ")} gets one line and exit code 2`, () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, "bench", ...args], {
      encoding: "utf8",
    });
    assert.match(stderr, message);
    assert.deepEqual({ status, stdout }, { status: 2, stdout: "" });
  });
}
