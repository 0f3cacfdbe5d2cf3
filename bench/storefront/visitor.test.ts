import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Interceptor, startTinyShop } from "#load/fixtures/tiny-shop.ts";
import { compareOrders } from "./compare-orders.ts";
import { comparePages } from "./compare-pages.ts";
import { Visitor } from "./visitor.ts";

// Prices in the visitor's currency, as in Online Boutique.
const withPrices: Interceptor = ({ method, url, headers }, response) => {
  if (url === "/setCurrency") {
    const headers = { location: "/", "set-cookie": "shop_currency=EUR; Path=/" };
    response.writeHead(302, headers).end();
    return true;
  }
  if (method !== "GET" || url !== "/") return false;
  const sign = headers.cookie?.includes("EUR") ? "€" : "$";
  response.setHeader("set-cookie", "shop_session-id=s1; Path=/");
  response.end(`<a href="/product/OLJCESPC7Z">${sign}19.99</a>`);
  return true;
};

const withProduct: Interceptor = (request, response) => {
  if (request.method !== "GET" || !request.url?.startsWith("/product/")) {
    return withPrices(request, response);
  }
  response.end('<input name="product_id" value="OLJCESPC7Z">');
  return true;
};

async function openShop(t: TestContext, intercept = withProduct) {
  const shop = await startTinyShop(intercept);
  t.after(() => shop.close());
  return { ...shop, pids: () => [process.pid] };
}

// Linux adds to the CPU time of a thread that does not sleep only at a tick, after up to 10 ms: 20 pages of a
// shop in this process sometimes took no time at all.
const counts = { warmUp: 2, alone: 4, together: 200 };
const measuring = { rounds: 2, onProgress: () => undefined };

test("each page of two shops is loaded by one user and by ten, round by round", async (t) => {
  const shops = { checkout: await openShop(t), reference: await openShop(t) };
  const pages = await comparePages(shops, measuring, counts);
  assert.deepEqual(
    pages.map(({ page }) => page),
    ["home", "homeInEur", "product", "cart"],
  );
  for (const { perSecond, p99Ms, oneUserMs, cpuMsPerPage } of pages) {
    for (const side of ["checkout", "reference"] as const) {
      assert.equal(perSecond[side].samples.length, 2);
      assert.equal(p99Ms[side].samples.length, 2);
      assert.equal(oneUserMs[side].samples.length, 8);
      assert.ok(perSecond[side].p50 > 0);
    }
    if (process.platform === "linux") assert.ok(cpuMsPerPage);
  }
  const euros = shops.reference.requests.filter(({ cookie }) => cookie.includes("EUR"));
  assert.ok(euros.length >= 50, `${euros.length} pages in EUR`);
});

test("orders are placed with the hidden fields of the cart page, in turn", async (t) => {
  const shops = { checkout: await openShop(t), reference: await openShop(t) };
  const floor = await openShop(t);
  const { ms, xFloor } = await compareOrders(shops, measuring, floor);
  assert.equal(ms.checkout.samples.length, 20);
  assert.ok(ms.ratio.median > 0);
  assert.ok(xFloor && xFloor.median > 0);
  const ofFloor = floor.requests.filter(({ line }) => line === "POST /cart/checkout");
  assert.equal(ofFloor.length, 1020);
  const orders = shops.checkout.requests.filter(({ line }) => line === "POST /cart/checkout");
  assert.equal(orders.length, 1020);
  assert.ok(orders.every(({ body }) => body.includes("request_id=a-1")));
});

test("a shop whose currency does not change is an error that names its page", async (t) => {
  const { url } = await openShop(t, () => false);
  await assert.rejects(Visitor.open(url, 1), /^Error: GET \/ of http.*: no .* on it$/);
});
