import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Interceptor, startTinyShop } from "./fixtures/tiny-shop.ts";
import { type LoadOptions, type RawLoadOptions, readLoadOptions } from "./options.ts";
import { runLoad } from "./run.ts";

async function openShop(t: TestContext, raw: RawLoadOptions, intercept?: Interceptor) {
  const shop = await startTinyShop(intercept);
  t.after(() => shop.close());
  const defaults = { users: "1", spawnRate: "100", thinkTime: "1ms", duration: "20s" };
  const options = readLoadOptions({ ...defaults, url: shop.url, seed: "1", ...raw }, () => 0);
  return { shop, options };
}

test("a user starts at the home page, keeps its session and performs every task", async (t) => {
  const { shop, options } = await openShop(t, { maxRequests: "300" });
  const result = await runLoad(options);
  assert.equal(result.total.errorCount, 0);
  assert.equal(result.total.count, 300);
  assert.equal(result.stoppedBy, "max-requests");
  assert.equal(shop.requests[0]?.line, "GET /");
  assert.deepEqual(
    [...new Set(shop.requests.slice(1).map(({ cookie }) => cookie))],
    ["shop_session-id=s1"],
  );
  assert.deepEqual(
    result.pages.map(({ page }) => page),
    [
      "GET /",
      "GET /cart",
      "GET /orders/{id}",
      "GET /product/{id}",
      "POST /cart",
      "POST /cart/checkout",
      "POST /setCurrency",
    ],
  );
});

test("the same seed sends the same requests", async (t) => {
  const first = await openShop(t, { maxRequests: "60" });
  const second = await openShop(t, { maxRequests: "60" });
  await runLoad(first.options);
  await runLoad(second.options);
  assert.deepEqual(
    first.shop.requests.map(({ line, body }) => line + body),
    second.shop.requests.map(({ line, body }) => line + body),
  );
});

test("sends the Host header in place of the address", async (t) => {
  const { shop, options } = await openShop(t, { maxRequests: "3", hostHeader: "shop.example.com" });
  assert.equal((await runLoad(options)).total.errorCount, 0);
  assert.deepEqual([...new Set(shop.requests.map(({ host }) => host))], ["shop.example.com"]);
});

test("errors are counted by page and reason", async (t) => {
  const { options } = await openShop(t, { maxRequests: "200" }, ({ method, url }, response) => {
    if (method !== "POST") return false;
    if (url === "/cart") response.writeHead(503).end("busy");
    else if (url === "/setCurrency") response.writeHead(302, { location: "http://other/" }).end();
    else return false;
    return true;
  });
  const { total, errors, pages } = await runLoad(options);
  const reasons = errors.map(({ page, reason }) => `${page}: ${reason}`).sort();
  assert.deepEqual(reasons, [
    "POST /cart: status 503",
    "POST /setCurrency: status 302 without a location in the shop",
  ]);
  const failed = errors.reduce((sum, { count }) => sum + count, 0);
  assert.equal(total.errorCount, failed);
  assert.equal(
    pages.reduce((sum, { errorCount }) => sum + errorCount, 0),
    failed,
  );
});

test("status 200 with another page is an error", async (t) => {
  const { options } = await openShop(t, { maxRequests: "1" }, (_, response) => {
    response.end("Sorry, we are closed.");
    return true;
  });
  const { errors } = await runLoad(options);
  assert.deepEqual(errors, [{ page: "GET /", reason: "not the expected page", count: 1 }]);
});

test("a cart without the added product is an error", async (t) => {
  const { options } = await openShop(t, { maxRequests: "60" }, ({ method, url }, response) => {
    if (method !== "GET" || url !== "/cart") return false;
    response.end("Your cart is empty");
    return true;
  });
  const { errors } = await runLoad(options);
  assert.ok(
    errors.some(({ page, reason }) => page === "GET /cart" && /^no \w{10} on it$/.test(reason)),
  );
});

test("a timeout and a refused connection are errors", async (t) => {
  const { shop, options } = await openShop(t, { maxRequests: "1", timeout: "50ms" }, () => true);
  const silent = await runLoad(options);
  assert.deepEqual(silent.errors, [{ page: "GET /", reason: "timeout", count: 1 }]);
  await shop.close();
  const gone = await runLoad(options);
  assert.deepEqual(gone.errors, [{ page: "GET /", reason: "ECONNREFUSED", count: 1 }]);
});

test("the latencies of an open loop include the wait for a stalled shop", async (t) => {
  let stall: Promise<void> | undefined;
  const stallOnce: Interceptor = async () => {
    stall ??= sleep(400);
    await stall;
    return false;
  };
  // One request at a time: a closed loop of one user would see one slow request only.
  const open = await openShop(
    t,
    { mode: "constant", rate: "100", maxInFlight: "1", maxRequests: "60", duration: "3s" },
    stallOnce,
  );
  const result = await runLoad(open.options);
  const { total, arrivals } = result;
  assert.equal(total.errorCount, 0);
  assert.ok(total.latencyMs.p50 > 100, `p50 ${total.latencyMs.p50} ms`);
  assert.equal(arrivals.maxInFlightCount, 1);
  assert.ok(arrivals.delayedCount > 10, `${arrivals.delayedCount} delayed`);

  stall = undefined;
  const closed: LoadOptions = { ...open.options, mode: "closed", ratePerSecond: null };
  const { latencyMs } = (await runLoad(closed)).total;
  assert.ok(latencyMs.max > 350 && latencyMs.p50 < 100, `closed: ${JSON.stringify(latencyMs)}`);
});

test("reports the tasks that never started because of the limit", async (t) => {
  const { options } = await openShop(
    t,
    { mode: "poisson", rate: "200", maxInFlight: "2", duration: "200ms", timeout: "300ms" },
    () => true,
  );
  const { arrivals, total, stoppedBy } = await runLoad(options);
  assert.equal(stoppedBy, "duration");
  assert.equal(arrivals.startedCount, 2);
  assert.equal(arrivals.dueCount, arrivals.startedCount + arrivals.unsentCount);
  assert.ok(arrivals.unsentCount > 5);
  assert.equal(total.errorCount, 2);
});

test("sends a GET again if the shop closed the idle connection", async (t) => {
  const served = new WeakSet<object>();
  const { options } = await openShop(t, { maxRequests: "2", seed: "3" }, ({ socket }) => {
    if (served.has(socket)) socket.destroy();
    const isSeen = served.has(socket);
    served.add(socket);
    return isSeen;
  });
  const { resentCount, total } = await runLoad(options);
  assert.equal(total.errorCount, 0);
  assert.equal(resentCount, 1);
});

test("an interrupt ends the run with the requests that ended before", async (t) => {
  let requests = 0;
  const interrupt = new AbortController();
  const { options } = await openShop(t, {}, () => {
    const isLast = ++requests === 4;
    if (isLast) interrupt.abort();
    return isLast;
  });
  const result = await runLoad(options, { signal: interrupt.signal });
  assert.equal(result.stoppedBy, "interrupt");
  assert.equal(result.total.count, 3);
  assert.equal(result.total.errorCount, 0);
  assert.equal(result.abandonedCount, 1);
});

test("reports progress during the run", async (t) => {
  const { options } = await openShop(t, { duration: "200ms", users: "2" });
  const counts: number[] = [];
  await runLoad(options, {
    progressIntervalMs: 10,
    onProgress: ({ count, activeCount }) => {
      assert.ok(activeCount <= 2);
      counts.push(count);
    },
  });
  assert.ok(counts.length > 1);
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
  );
});
