import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { maxFormBytes, parseFields, readForm } from "./read-form.ts";

function parse(text: string) {
  return parseFields(new TextEncoder().encode(text));
}

function isBadRequest(error: unknown): boolean {
  return error instanceof HTTPException && error.status === 400;
}

describe("parseFields", () => {
  it("decodes plus signs, percent-encoding and UTF-8", () => {
    const fields = parse("city=M%C3%BCnchen+Nord&state=a%2Bb&empty=&alone");
    assert.equal(fields.get("city"), "München Nord");
    assert.equal(fields.get("state"), "a+b");
    assert.equal(fields.get("empty"), "");
    assert.equal(fields.get("alone"), "");
    assert.equal(fields.get("missing"), null);
  });

  it("keeps everything after the first equals sign", () => {
    assert.equal(parse("a=b=c").get("a"), "b=c");
  });

  it("uses the first of two fields, as Go's FormValue does", () => {
    assert.equal(parse("quantity=1&quantity=9").get("quantity"), "1");
  });

  for (const text of ["city=%FF", "city=100%"]) {
    it(`rejects ${text}`, () => assert.throws(() => parse(text), isBadRequest));
  }

  it("rejects bytes that are not UTF-8", () => {
    assert.throws(() => parseFields(new Uint8Array([0x61, 0x3d, 0xff])), isBadRequest);
  });
});

describe("readForm", () => {
  const app = new Hono();
  app.onError((error, c) => c.text("", error instanceof HTTPException ? error.status : 500));
  app.post("/", async (c) => c.text((await readForm(c)).get("city") ?? "no city"));
  const post = async (init: RequestInit) => {
    const response = await app.request("/", { method: "POST", ...init });
    return `${response.status} ${await response.text()}`;
  };
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

  it("reads a form", async () => {
    assert.equal(await post({ headers, body: "city=Bonn" }), "200 Bonn");
  });

  it("returns no fields for a request without a body", async () => {
    assert.equal(await post({}), "200 no city");
  });

  it("reads a form of the maximum size, but no larger one", async () => {
    const body = `city=${"x".repeat(maxFormBytes - 5)}`;
    assert.equal((await post({ headers, body })).length, 4 + maxFormBytes - 5);
    assert.equal(await post({ headers, body: `${body}x` }), "413 ");
  });

  for (const [title, changes] of [
    ["another media type", { "content-type": "application/json" }],
    ["a compressed body", { "content-encoding": "gzip" }],
  ] as const) {
    it(`rejects ${title} with 415`, async () => {
      assert.equal(await post({ headers: { ...headers, ...changes }, body: "city=Bonn" }), "415 ");
    });
  }
});
