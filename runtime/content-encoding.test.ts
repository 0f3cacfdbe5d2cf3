import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseEncoding } from "./content-encoding.ts";

describe("chooseEncoding", () => {
  const cases: [accepted: string | undefined, chosen: string | undefined][] = [
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, deflate", "gzip"],
    ["BR", "br"],
    ["br;q=0.5, gzip", "gzip"],
    ["br ; Q=0.8 , gzip;q=0.8", "br"],
    ["br;q=0, gzip;q=0.001", "gzip"],
    ["*", "br"],
    ["br;q=0, *;q=0.5", "gzip"],
    ["*;q=0", undefined],
    ["gzip;q=0", undefined],
    ["gzip;q=", undefined],
    ["gzip;q=high", undefined],
    ["identity", undefined],
    ["xgzip, gzipped", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [accepted, chosen] of cases) {
    it(`chooses ${chosen ?? "none"} for ${JSON.stringify(accepted)}`, () => {
      assert.equal(chooseEncoding(accepted, ["br", "gzip"]), chosen);
    });
  }

  it("chooses only available encodings", () => {
    assert.equal(chooseEncoding("br, gzip;q=0.1", ["gzip"]), "gzip");
    assert.equal(chooseEncoding("br, gzip", []), undefined);
  });
});
