import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

test("requires the catalog's address as host:port", () => {
  const env = { PRODUCT_CATALOG_SERVICE_ADDR: "productcatalogservice:3550" };
  assert.deepEqual(readConfig(env), { catalogAddress: "productcatalogservice:3550" });
  assert.throws(() => readConfig({}), /PRODUCT_CATALOG_SERVICE_ADDR is not set/);
  assert.throws(
    () => readConfig({ PRODUCT_CATALOG_SERVICE_ADDR: "http://catalog" }),
    /PRODUCT_CATALOG_SERVICE_ADDR is "http:\/\/catalog"/,
  );
});
