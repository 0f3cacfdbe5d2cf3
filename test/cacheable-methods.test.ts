import assert from "node:assert/strict";
import { test } from "node:test";
import { credentials, Client as GrpcClient, Metadata } from "@grpc/grpc-js";
import { exampleCalls, type Preparation } from "#load/example-calls.ts";
import { shopMethods } from "#load/methods.ts";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";

// Their responses depend on nothing but the request. No cart, order or recommendation may be used again. GetProducts
// allows it for a version, which the example has not.
const cacheable = [
  "AdService/GetAds",
  "CurrencyService/Convert",
  "CurrencyService/ConvertBatch",
  "CurrencyService/GetSupportedCurrencies",
  "ProductCatalogService/ListProducts",
  "ProductCatalogService/SearchProducts",
  "ShippingService/GetQuote",
];

test("only products, conversions, ads and quotes may be used again", async (t) => {
  const shop = await startLocalShop();
  t.after(() => shop.close());
  const allowed: string[] = [];
  for (const { method, createRequest, preparation } of exampleCalls) {
    const request = createRequest("visitor");
    const headers = await call(shop, { method, request, preparation: preparation?.("visitor") });
    if (headers.get("cache-control").length === 0) continue;
    assert.deepEqual(headers.get("cache-control"), ["max-age=5, stale-while-revalidate=55"]);
    assert.match(headers.get("etag").join(), /^"[0-9a-f-]{36}"$/);
    allowed.push(method);
  }
  assert.deepEqual(allowed.sort(), cacheable);
});

/** Makes a call with its preparation; resolves with the headers of the response. */
async function call(
  shop: LocalShop,
  { method: name, request, preparation }: Preparation,
): Promise<Metadata> {
  if (preparation) await call(shop, preparation);
  const method = shopMethods.find((each) => each.name === name);
  assert.ok(method);
  const address = shop.addressOf(method.functionName);
  const client = new GrpcClient(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      let headers = new Metadata();
      const bytes = (message: Buffer) => message;
      const deadline = Date.now() + 20_000;
      client
        .makeUnaryRequest(
          method.path,
          bytes,
          bytes,
          method.encode(request),
          new Metadata(),
          { deadline },
          (error) => (error ? reject(error) : resolve(headers)),
        )
        .on("metadata", (received: Metadata) => {
          headers = received;
        });
    });
  } finally {
    client.close();
  }
}
