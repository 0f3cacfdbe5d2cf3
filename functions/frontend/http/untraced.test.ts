import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isUntraced } from "./untraced.ts";

test("files and health checks are not traced", () => {
  const folder = join(import.meta.dirname, "..", "static");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length));
  assert.ok(files.length > 0);
  for (const path of [...files.map((file) => `/static${file}`), "/robots.txt", "/_healthz"]) {
    assert.ok(isUntraced(path), path);
  }
});

test("pages are traced, also by a path that leads out of the folder of files", () => {
  for (const path of [
    ...["/", "/cart", "/static", "/static/", "/statics/x.css"],
    ...["/static/../cart", "/static/css/../../cart", "/static/..", "/static/./../cart"],
    ...["/static/%2e%2e/cart", "/static/.%2E/cart", "/static/..\\cart", "/static/\t../cart"],
  ]) {
    assert.equal(isUntraced(path), false, path);
  }
});
