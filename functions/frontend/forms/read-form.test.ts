import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HTTPException } from "hono/http-exception";
import { parseFields } from "./read-form.ts";

function refusesAsNotUtf8(encoded: Uint8Array | string): void {
  assert.throws(
    () => parseFields(encoded),
    (error) => error instanceof HTTPException && error.status === 400,
  );
}

describe("parseFields", () => {
  it("decodes plus signs, percent escapes and UTF-8", () => {
    const fields = parseFields("city=M%C3%BCnchen+Nord&state=a%2Bb&empty=&alone");
    assert.deepEqual(
      [...fields],
      [
        ["city", "München Nord"],
        ["state", "a+b"],
        ["empty", ""],
        ["alone", ""],
      ],
    );
  });

  it("keeps everything behind the first equals sign", () => {
    assert.equal(parseFields("a=b=c").get("a"), "b=c");
  });

  it("lets the first of two fields count, as Go's FormValue does", () => {
    assert.equal(parseFields("quantity=1&quantity=9").get("quantity"), "1");
  });

  it("refuses escapes that are not UTF-8", () => refusesAsNotUtf8("city=%FF"));
  it("refuses a percent sign without digits", () => refusesAsNotUtf8("city=100%"));
  it("refuses bytes that are not UTF-8", () => {
    refusesAsNotUtf8(new Uint8Array([0x61, 0x3d, 0xff]));
  });
});
