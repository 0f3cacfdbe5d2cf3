import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../fixtures/browser.ts";
import { cluster, skip } from "./fixtures/cluster.ts";

test("a browser buys a mug through the public gateway", { skip }, async (t) => {
  const [address = "", port = "80"] = cluster.gateway.split(":");
  const browser = await openBrowser(t, [
    `--host-resolver-rules=MAP ${cluster.storefront} ${address}:${port}`,
  ]);
  if (!browser) return;
  const context = await browser.newContext({ baseURL: `http://${cluster.storefront}` });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("link", { name: /^Mug/ }).click();
  await page.getByLabel("Quantity").selectOption("2");
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.waitForURL("**/cart");
  await page.getByRole("button", { name: /^Place order/ }).click();
  await page.waitForURL("**/orders/*");
  assert.match((await page.locator("h1").textContent()) ?? "", /Thank you/);
  assert.match((await page.locator(".paid").textContent()) ?? "", /\$26\.97/);
});
