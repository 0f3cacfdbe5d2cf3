import assert from "node:assert/strict";
import { test } from "node:test";
import { writeFaults } from "#backends/local-platform.ts";
import { runShop } from "../../cli/fixtures/run-shop.ts";
import { startLocalShop } from "../fixtures/local-shop.ts";
import { poll } from "../fixtures/poll.ts";
import { Browser } from "./browser.ts";
import { reportFigures } from "./figures.ts";
import { createMemoryLimit } from "./memory-limit.ts";
import { Traffic } from "./traffic.ts";
import { describeTraffic } from "./traffic-counts.ts";

const limitBytes = 256 * 1024 * 1024;

test("a function that runs out of memory is replaced, and shop status says why it ended", async (t) => {
  const limit = createMemoryLimit(limitBytes);
  if (!limit) return t.skip("needs the right to limit the memory of a process");
  t.after(() => limit.remove());
  const shop = await startLocalShop();
  t.after(() => shop.close());
  const { urls } = shop.platform;
  const cart = shop.platform.function("cartservice");
  const customer = new Browser({ url: urls.storefront, hostHeader: null, timeoutMs: 30_000 });
  t.after(() => customer.close());
  const add = () => customer.post("/cart", { product_id: "OLJCESPC7Z", quantity: "1" });
  assert.equal((await add()).error, undefined);

  const { pid } = cart.snapshot();
  assert.ok(pid);
  limit.add(pid);
  await writeFaults(urls.console, "cartservice", "CartService/AddItem:leak=40Mi");
  const traffic = Traffic.start(t, { url: urls.storefront, visitors: 2, isOrdering: false });
  const explanations = new Set<string>();
  await poll(
    async () => {
      const { status } = await add();
      if (status >= 400) explanations.add(`${status} ${customer.explanation}`);
      return cart.snapshot().lastCrash ? true : undefined;
    },
    () => `cartservice is ${cart.state}`,
    60_000,
  );
  await writeFaults(urls.console, "cartservice", "");
  await poll(
    async () => ((await add()).error === undefined ? true : undefined),
    () => customer.explanation,
    30_000,
  );
  const { status, stdout } = await runShop(["status", "--local", urls.console]);
  const reason = "was ended by SIGKILL: sent by kill -9, or by the kernel because memory ran out";
  assert.ok(stdout.includes(`\n  cartservice ${reason}\n`), stdout);
  assert.equal(status, 0, "it runs again");
  for (const explanation of explanations) {
    assert.match(explanation, /^503 Not available right now\. .*Your cart is safe/);
  }
  const result = await traffic.stop();
  reportFigures(t, "out of memory", `${limitBytes / 1024 ** 2} MiB: ${describeTraffic(result)}`);
  assert.equal(result.reads.failed, 0);
});
