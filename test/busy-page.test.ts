import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTemporaryDir } from "#local/fixtures/start-fixtures.ts";
import { startPlatform } from "#local/platform.ts";

test("a browser gets a page if too many requests are in flight, which loads no file", async (t) => {
  const platform = await startPlatform({
    ports: "free",
    dataDir: await makeTemporaryDir(t),
    sweepIntervalMs: 0,
    logs: "ignore",
    env: { ...process.env, MAX_CONCURRENT_REQUESTS: "1", SHOP_FAULTS: "GET /robots.txt:hang" },
  });
  t.after(() => platform.close());
  const { storefront } = platform.urls;
  const leaving = new AbortController();
  const hanging = fetch(`${storefront}/robots.txt`, { signal: leaving.signal });
  const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const response = await t.waitFor(
    async () => {
      const answer = await fetch(`${storefront}/no-page`, { headers });
      assert.equal(answer.status, 503);
      return answer;
    },
    { timeout: 10_000 },
  );
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none';/);
  const page = await response.text();
  assert.match(page, /<h1>The shop is busy<\/h1>/);
  assert.doesNotMatch(page, /<(?:link|img|script)\b/);
  leaving.abort();
  await assert.rejects(hanging, { name: "AbortError" });
});
