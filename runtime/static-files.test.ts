import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { answerFile, openStaticFiles } from "./static-files.ts";

// The content of a variant does not matter here: plain text distinguishes them.
const contents = {
  "css/base.css": "plain",
  "css/base.css.br": "brotli",
  "css/base.css.gz": "gzip",
  "mug.svg": "mug",
  "notes.txt": "no media type",
};
const folder = mkdtempSync(join(tmpdir(), "static-files-"));
mkdirSync(join(folder, "css"));
for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
after(() => rmSync(folder, { recursive: true }));

const open = () => openStaticFiles(folder, "/static/");
const path = "/static/css/base.css";
const answer = (accepted?: string, known?: string) => {
  const file = open().find(path);
  assert.ok(file);
  return answerFile(file, accepted, known);
};
const textOf = ({ body }: { body: Uint8Array | null }) => body && Buffer.from(body).toString();

describe("openStaticFiles", () => {
  it("finds a file with its type, its bytes and its variants", () => {
    const file = open().find(path);
    assert.ok(file);
    assert.equal(file.type, "text/css; charset=utf-8");
    assert.deepEqual(file.encodings, ["br", "gzip"]);
    assert.equal(Buffer.from(file.read()).toString(), "plain");
    assert.equal(Buffer.from(file.read("gzip")).toString(), "gzip");
    assert.deepEqual(open().find("/static/mug.svg")?.encodings, []);
  });

  it("puts the file's version into its URL", () => {
    const files = open();
    assert.equal(files.url(path), `${path}?v=${files.find(path)?.version}`);
    assert.match(files.url(path), /\?v=[0-9a-f]{12}$/);
  });

  it("leaves the URL of an unknown file as it is", () => {
    assert.equal(open().url("/static/none.svg"), "/static/none.svg");
    assert.equal(open().url("https://example.com/a.svg"), "https://example.com/a.svg");
  });

  for (const outside of [
    "/static/",
    "/static/css",
    "/static/css/base.css.br",
    "/static/notes.txt",
    "/static/../static-files.test.ts",
    "/static/css/../mug.svg",
    "/elsewhr/css/base.css",
    "/etc/passwd",
  ]) {
    it(`does not find ${outside}`, () => {
      assert.equal(open().find(outside), undefined);
    });
  }
});

describe("answerFile", () => {
  const variants = [
    ["gzip, deflate, br", "br", "brotli"],
    ["gzip", "gzip", "gzip"],
    ["br;q=0", undefined, "plain"],
    [undefined, undefined, "plain"],
  ] as const;
  for (const [accepted, encoding, text] of variants) {
    it(`sends ${text} to a client that accepts ${accepted}`, () => {
      const { status, headers, ...sent } = answer(accepted);
      assert.equal(status, 200);
      assert.equal(textOf(sent), text);
      assert.equal(headers["content-encoding"], encoding);
      assert.equal(headers["content-length"], String(text.length));
      assert.equal(headers["content-type"], "text/css; charset=utf-8");
      assert.equal(headers.vary, "accept-encoding");
    });
  }

  it("gives each variant an ETag of its own", () => {
    const tags = ["br", "gzip", ""].map((accepted) => answer(accepted).headers.etag);
    assert.equal(new Set(tags).size, 3);
  });

  it("answers 304 for the ETag of the variant that it would send", () => {
    const etag = answer("br").headers.etag ?? "";
    for (const known of [etag, `W/${etag}`, `"x" , ${etag}`, "*"]) {
      const { status, headers, body } = answer("br", known);
      assert.equal(status, 304, known);
      assert.equal(body, null);
      assert.equal(headers.etag, etag);
      assert.equal(headers.vary, "accept-encoding");
      assert.equal(headers["content-length"], undefined);
    }
    assert.equal(answer("gzip", etag).status, 200);
    assert.equal(answer(undefined, etag).status, 200);
  });
});
