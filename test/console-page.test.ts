import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { findAxeViolations, openBrowser } from "./fixtures/browser.ts";
import { startLocalShop } from "./fixtures/local-shop.ts";
import { findMarkupErrors } from "./fixtures/markup.ts";

const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1280, height: 800 },
} as const;

// Collects what the page shifts from its first frame on; `total` is at least the metric, which counts
// the worst five seconds.
const observeShifts = `
  window.shifts = [];
  window.shiftObserver = new PerformanceObserver((list) => shifts.push(...list.getEntries()));
  shiftObserver.observe({ type: "layout-shift", buffered: true });`;
const readShifts = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    shifts.push(...shiftObserver.takeRecords());
    resolve({
      total: shifts.reduce((sum, { value }) => sum + value, 0),
      nodes: shifts.flatMap(({ sources }) => sources.map(({ node }) => node?.id || node?.className)),
    });
  })))`;

test("console in a browser", async (suite) => {
  const browser = await openBrowser(suite);
  if (!browser) return;
  const shop = await startLocalShop();
  suite.after(() => shop.close());
  const { console: url, storefront } = shop.platform.urls;

  const open = async (options: BrowserContextOptions) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.addInitScript(observeShifts);
    await page.goto(url);
    await page.locator(".function").nth(9).waitFor();
    return page;
  };

  // Before anything was called, and when there are traces and cold starts to show.
  for (const calls of [0, 3]) {
    for (let call = 0; call < calls; call += 1) await (await fetch(storefront)).text();
    for (const [name, viewport] of Object.entries(sizes)) {
      await suite.test(`the first update moves nothing: ${name}, ${calls} pages`, async (t) => {
        const page = await open({ viewport });
        t.after(() => page.context().close());
        if (calls > 0) await page.locator(".trace-row").first().waitFor();
        const shift = await page.evaluate<{ total: number; nodes: string[] }>(readShifts);
        assert.ok(shift.total < 0.05, `layout shift ${shift.total}: ${shift.nodes.join(", ")}`);
      });
    }
  }

  for (const [name, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ["light", "dark"] as const) {
      await suite.test(`passes axe and fits on a ${name}, ${colorScheme}`, async (t) => {
        const page = await open({ viewport, colorScheme });
        t.after(() => page.context().close());
        assert.deepEqual(await findAxeViolations(page), []);
        const overflow = "document.documentElement.scrollWidth - innerWidth";
        assert.ok((await page.evaluate<number>(overflow)) <= 0, "wider than the screen");
      });
    }
  }

  await suite.test("is valid HTML with everything that its script adds", async (t) => {
    const page = await open({ viewport: sizes.desktop });
    t.after(() => page.context().close());
    await page.locator(".trace-row a").first().click();
    await page.locator(".span").first().waitFor();
    assert.deepEqual(await findMarkupErrors({ console: await page.content() }), []);
  });
});
