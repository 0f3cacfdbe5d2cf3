import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { openStaticFiles } from "./static-files.ts";

const folder = join(import.meta.dirname, "static");
const path = "/static/css/base.css";

describe("openStaticFiles", () => {
  it("finds a file with its type and bytes, plain and in gzip", () => {
    const file = openStaticFiles(folder).find(path);
    const bytes = readFileSync(join(folder, "css/base.css"));
    assert.ok(file);
    assert.equal(file.type, "text/css; charset=utf-8");
    assert.deepEqual(Buffer.from(file.bytes), bytes);
    assert.deepEqual(gunzipSync(file.gzip()), bytes);
  });

  it("puts the file's version into its URL", () => {
    const files = openStaticFiles(folder);
    assert.equal(files.url(path), `${path}?v=${files.find(path)?.version}`);
    assert.match(files.url(path), /\?v=[0-9a-f]{12}$/);
  });

  it("leaves the URL of an unknown file as it is", () => {
    assert.equal(openStaticFiles(folder).url("/static/none.svg"), "/static/none.svg");
    assert.equal(
      openStaticFiles(folder).url("https://example.com/a.svg"),
      "https://example.com/a.svg",
    );
  });

  for (const outside of [
    "/static/",
    "/static/../service.ts",
    "/static/css",
    "/static/css/../../service.ts",
    "/etc/passwd",
  ]) {
    it(`does not find ${outside}`, () => {
      assert.equal(openStaticFiles(folder).find(outside), undefined);
    });
  }
});
