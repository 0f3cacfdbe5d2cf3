import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8" });
}

test("each tracked file that starts with #! is executable", () => {
  const tracked = git(root, "ls-files", "-s", "-z")
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", path = ""] = /^(\d+) \S+ \d\t(.*)$/s.exec(line) ?? [];
      return mode.startsWith("100") ? [{ mode, path }] : [];
    });
  const scripts = tracked.filter(({ path }) =>
    readFileSync(join(root, path)).subarray(0, 2).equals(Buffer.from("#!")),
  );
  assert.ok(scripts.some(({ path }) => path === "cli/shop.ts"));
  const wrong = scripts.filter(({ mode }) => mode !== "100755").map(({ path }) => path);
  assert.deepEqual(wrong, [], "git update-index --chmod=+x FILE");
});

test("npx shop --help leaves a fresh checkout clean", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "shop-checkout-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const checkout = join(folder, "checkout");
  git(root, "checkout-index", "--all", `--prefix=${checkout}/`);
  git(checkout, "init", "--quiet");
  appendFileSync(join(checkout, ".git", "info", "exclude"), "node_modules\n");
  git(checkout, "add", "--all");
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  const help = execFileSync("npx", ["shop", "--help"], {
    cwd: checkout,
    encoding: "utf8",
    // npx stores a link to each package that it runs in its cache.
    env: { ...process.env, npm_config_cache: join(folder, "npm-cache") },
  });
  assert.match(help, /^Usage: shop /);
  assert.equal(git(checkout, "diff", "--name-only"), "");
  assert.equal(git(checkout, "ls-files", "--others", "--exclude-standard"), "");
});
