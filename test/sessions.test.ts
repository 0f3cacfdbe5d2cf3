import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeTemporaryDir } from "#local/fixtures/start-fixtures.ts";
import { type Platform, startPlatform } from "#local/platform.ts";
import { Visitor } from "./fixtures/visitor.ts";

const mug = { product_id: "6E92ZMYYFZ", quantity: "1" };

test("a visitor keeps the session when the storefront scales to zero and the platform restarts", async (t) => {
  const dataDir = await makeTemporaryDir(t);
  const first = await start(t, dataDir);
  const visitor = new Visitor(first.urls.storefront);
  const [cookie] = (await visitor.get("/")).headers.getSetCookie();
  const value = /^shop_session-id=([0-9a-f-]{36}\.[\w-]{43});/.exec(cookie ?? "")?.[1];
  await first.waitForZero();
  assert.deepEqual((await visitor.post("/cart", mug)).headers.getSetCookie(), []);
  await first.close();

  const keyFile = join(dataDir, "session-key");
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
  const second = await start(t, dataDir);
  const later = new Visitor(second.urls.storefront, value);
  const page = await later.get("/cart");
  assert.match(await page.text(), /6E92ZMYYFZ/);
  assert.deepEqual((await later.post("/cart", mug)).headers.getSetCookie(), []);
  await second.close();

  // As for a storefront without SESSION_KEY that was started again: another key signs the known session.
  const key = readFileSync(keyFile, "utf8");
  writeFileSync(keyFile, "damaged");
  const third = await start(t, dataDir);
  assert.notEqual(readFileSync(keyFile, "utf8"), key);
  const known = new Visitor(third.urls.storefront, value);
  const [renewed = ""] = (await known.post("/cart", mug)).headers.getSetCookie();
  assert.ok(renewed.startsWith(`shop_session-id=${value?.split(".")[0]}.`), renewed);
  assert.match(await (await known.get("/cart")).text(), /value="3"/);
  assert.equal(known.sessionId, visitor.sessionId);
});

test("the storefront serves any host name, unlike the console", async (t) => {
  const platform = await start(t, await makeTemporaryDir(t));
  const { connect } = await import("node:net");
  for (const [url, expected] of [
    [platform.urls.storefront, "HTTP/1.1 200"],
    [platform.urls.console, "HTTP/1.1 421"],
  ] as const) {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.end("GET /robots.txt HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n");
    let received = "";
    for await (const chunk of socket) received += chunk;
    assert.ok(received.startsWith(expected), received.slice(0, 100));
  }
});

async function start(t: TestContext, dataDir: string): Promise<Platform> {
  const platform = await startPlatform({
    ports: "free",
    dataDir,
    idleWindowMs: 1000,
    sweepIntervalMs: 0,
    logs: "ignore",
  });
  t.after(() => platform.close());
  return platform;
}
