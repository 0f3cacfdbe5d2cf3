import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { TestContext } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts a headless Chromium: that of CHROMIUM_PATH, the system's, or the one that comes from npm.
 * `moreFlags` are added to its command line. Where none starts, the test is skipped with the reason and this is undefined.
 */
export async function openBrowser(
  t: TestContext,
  moreFlags: readonly string[] = [],
): Promise<Browser | undefined> {
  const reasons: string[] = [];
  for (const find of [fromEnvironment, fromSystem, fromNpm]) {
    try {
      const executablePath = await find();
      if (executablePath === undefined) continue;
      const browser = await chromium.launch({ executablePath, args: [...flags, ...moreFlags] });
      t.after(() => browser.close());
      return browser;
    } catch (error) {
      reasons.push(error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : `${error}`);
    }
  }
  t.skip(`no Chromium starts here, set CHROMIUM_PATH to one: ${reasons.join("; ")}`);
  return undefined;
}

function fromEnvironment(): string | undefined {
  return process.env.CHROMIUM_PATH || undefined;
}

function fromSystem(): string | undefined {
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    existsSync,
  );
}

async function fromNpm(): Promise<string> {
  const { default: packed } = await import("@sparticuz/chromium");
  return packed.executablePath();
}

/** Runs axe on a page and returns what it finds wrong, one line per rule and element. */
export async function findAxeViolations(page: Page): Promise<string[]> {
  axeSource ??= await readFile(
    createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
    "utf8",
  );
  // Through the debugger, because the pages' policy lets no script in.
  const result = await page.evaluate<AxeResult>(`(() => { ${axeSource}; return axe.run(); })()`);
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(" ")}`),
  );
}

interface AxeResult {
  violations: { id: string; nodes: { target: string[] }[] }[];
}

let axeSource: string | undefined;
