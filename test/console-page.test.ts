import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { findAxeViolations, openBrowser } from "./fixtures/browser.ts";
import { startLocalShop } from "./fixtures/local-shop.ts";
import { findMarkupErrors } from "./fixtures/markup.ts";
import { poll } from "./fixtures/poll.ts";
import { Visitor } from "./fixtures/visitor.ts";

const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1280, height: 800 },
} as const;

// Collects all layout shifts from the first frame on. `total` is at least the metric, which counts the
// worst five seconds only.
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

// Each edge is sampled every half pixel; its stroke counts.
const findOverlaps = `(() => {
  const labels = [...document.querySelectorAll(".edge-count")].map((label) => ({
    text: label.textContent.trim(),
    box: label.getBBox(),
  }));
  const overlaps = [];
  const meets = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  labels.forEach(({ text, box }, index) => {
    for (const other of labels.slice(index + 1)) {
      if (meets(box, other.box)) overlaps.push(text + " overlaps " + other.text);
    }
    for (const edge of document.querySelectorAll(".edge")) {
      const path = edge.querySelector("path");
      const width = Number(path.getAttribute("stroke-width"));
      for (let at = 0; at <= path.getTotalLength(); at += 0.5) {
        const { x, y } = path.getPointAtLength(at);
        if (!meets(box, { x: x - width / 2, y: y - width / 2, width, height: width })) continue;
        overlaps.push(text + " overlaps the edge " + edge.dataset.edge);
        break;
      }
    }
  });
  return overlaps;
})()`;

// Every edge was called, and so has a label.
const allCalled =
  'document.querySelector(".edge.seen") !== null && document.querySelector(".edge:not(.seen)") === null';

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

  // Before the first call, and with traces and cold starts to show.
  for (const calls of [0, 3]) {
    for (let call = 0; call < calls; call += 1) await (await fetch(storefront)).text();
    for (const [name, viewport] of Object.entries(sizes)) {
      await suite.test(
        `the first update does not shift the layout: ${name}, ${calls} pages`,
        async (t) => {
          const page = await open({ viewport });
          t.after(() => page.context().close());
          if (calls > 0) await page.locator(".trace-row").first().waitFor();
          const shift = await page.evaluate<{ total: number; nodes: string[] }>(readShifts);
          assert.ok(shift.total < 0.05, `layout shift ${shift.total}: ${shift.nodes.join(", ")}`);
        },
      );
    }
  }

  for (const [name, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ["light", "dark"] as const) {
      await suite.test(`passes axe and fits the screen: ${name}, ${colorScheme}`, async (t) => {
        const page = await open({ viewport, colorScheme });
        t.after(() => page.context().close());
        assert.deepEqual(await findAxeViolations(page), []);
        const overflow = "document.documentElement.scrollWidth - innerWidth";
        assert.ok(
          (await page.evaluate<number>(overflow)) <= 0,
          "the page is wider than the screen",
        );
      });
    }
  }

  await suite.test("each label of the call graph is apart from all edges and labels", async (t) => {
    const visitor = new Visitor(storefront);
    // Every edge is called: shipping by the cart page of a cart with a product.
    await visitor.post("/cart", { product_id: "OLJCESPC7Z", quantity: "1" });
    for (const path of ["/cart", "/product/OLJCESPC7Z"]) await (await visitor.get(path)).text();
    assert.equal((await visitor.order()).status, 200);
    for (const viewport of [sizes.phone, sizes.desktop]) {
      const page = await open({ viewport });
      t.after(() => page.context().close());
      const areAllCalled = async () => (await page.evaluate<boolean>(allCalled)) || undefined;
      await poll(areAllCalled, () => "an edge of the call graph was not called");
      assert.deepEqual(await page.evaluate<string[]>(findOverlaps), [], `${viewport.width} px`);
    }
  });

  await suite.test("is valid HTML after its script has run", async (t) => {
    const page = await open({ viewport: sizes.desktop });
    t.after(() => page.context().close());
    await page.locator(".trace-row a").first().click();
    await page.locator(".span").first().waitFor();
    assert.deepEqual(await findMarkupErrors({ console: await page.content() }), []);
  });
});
