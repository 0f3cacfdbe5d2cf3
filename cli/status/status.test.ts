import assert from "node:assert/strict";
import { test } from "node:test";
import { startFixtures, urlOf } from "#local/fixtures/start-fixtures.ts";
import { runShop } from "../fixtures/run-shop.ts";

test("status shows the functions of the local platform, and exits 0 if all are available", async (t) => {
  const platform = await startFixtures(t);
  await fetch(urlOf(platform, "echo"));
  const { status, stdout, stderr } = await runShop(["status", "--local", platform.urls.console]);
  assert.equal(stderr, `source: the local platform at ${platform.urls.console}\n`);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  assert.match(head ?? "", /^FUNCTION +STATE +PID +IN FLIGHT +STARTS +LAST CRASH +ADDRESS$/);
  assert.equal(rows.length, platform.functions.length);
  const { pid } = platform.function("echo").snapshot();
  const echo = new RegExp(`^echo +ready +${pid} +0 +1 +- +${platform.function("echo").address}$`);
  assert.ok(
    rows.some((row) => echo.test(row)),
    stdout,
  );
  assert.match(stdout, /^slow +zero +- /m);
  assert.equal(status, 0);
});

test("status says why a function is down, and exits 1", async (t) => {
  const platform = await startFixtures(t, { env: { ...process.env, CRASH_AT_START: "1" } });
  await fetch(urlOf(platform, "crasher"));
  const args = ["status", "--local", platform.urls.console];
  const { status, stdout } = await runShop(args);
  assert.match(stdout, /^crasher +crashed +- +0 +1 +(?:now|\d+ s ago) /m);
  assert.match(stdout, /^ {2}crasher exited with code 1: Error: this function cannot start$/m);
  assert.match(stdout, /^ {6}at .*crasher\/index\.ts/m);
  assert.equal(status, 1);
  const { functions } = JSON.parse((await runShop([...args, "--json"])).stdout);
  const crasher = functions.find(({ name }: { name: string }) => name === "crasher");
  assert.match(crasher.lastCrash.message, /this function cannot start/);
});

test("status shows one line of the last crash of a function that runs again", async (t) => {
  const platform = await startFixtures(t);
  const headers = { connection: "close" };
  await fetch(urlOf(platform, "crasher", "/crash"), { headers });
  await fetch(urlOf(platform, "crasher"), { headers });
  const { status, stdout } = await runShop(["status", "--local", platform.urls.console]);
  assert.match(stdout, /^crasher +ready .*\n {2}crasher exited with code 3: something is badly/m);
  assert.doesNotMatch(stdout, /second line/);
  assert.equal(status, 0);
});

test("status exits 1 with one line if the local platform that is named does not respond", async () => {
  const { status, stderr } = await runShop(["status", "--local", "http://127.0.0.1:1"]);
  assert.match(
    stderr,
    /\nshop: the local platform at http:\/\/127\.0\.0\.1:1 cannot be read: .+\n$/,
  );
  assert.equal(status, 1);
});
