import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { writeReport } from "#study/report/write-report.ts";
import { writeFixtureRun } from "#study/run/fixtures/write-fixture-run.ts";
import { findAxeViolations, openBrowser } from "./fixtures/browser.ts";

test("a study's report is accessible and never scrolls sideways", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const url = await writeFixtureReport(t);
  for (const [width, colorScheme] of [
    [390, "dark"],
    [1280, "light"],
  ] as const) {
    const page = await open(browser, url, { width, colorScheme });
    assert.deepEqual(await findAxeViolations(page), [], `${width} ${colorScheme}`);
    const scrollWidth = await page.evaluate<number>("document.documentElement.scrollWidth");
    assert.equal(scrollWidth, width);
    await page.close();
  }
});

test("a study's report loads no other file, and shows one plot of each kind", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const url = await writeFixtureReport(t);
  const page = await browser.newPage();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  assert.deepEqual(requests, [url]);
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const figures = await page.locator("figure").count();
    assert.equal(await page.locator("figure svg[role=img]:visible").count(), figures);
  }
});

test("printed, a study's report is light, and its tables are open", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const url = await writeFixtureReport(t);
  const page = await open(browser, url, { width: 794, colorScheme: "dark" });
  const paper = "getComputedStyle(document.body).backgroundColor";
  const table = page.locator("figure table").first();
  assert.notEqual(await page.evaluate(paper), "rgb(255, 255, 255)");
  assert.equal(await table.isVisible(), false);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.evaluate(paper), "rgb(255, 255, 255)");
  assert.equal(await table.isVisible(), true);
});

function open(
  browser: Browser,
  url: string,
  { width, colorScheme }: { width: number; colorScheme: "light" | "dark" },
): Promise<Page> {
  return browser.newPage({ viewport: { width, height: 900 }, colorScheme }).then(async (page) => {
    await page.goto(url);
    return page;
  });
}

async function writeFixtureReport(t: TestContext): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), "report-"));
  t.after(() => rmSync(path, { recursive: true }));
  const experiments = ["checkout-from-zero", "one-function-cold"];
  writeFixtureRun(path, { kind: "knative", experiments, repetitions: 3 });
  return pathToFileURL(await writeReport(path)).href;
}
