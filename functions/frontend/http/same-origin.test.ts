import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Hono } from "hono";
import { rejectCrossSite } from "./same-origin.ts";

const accepted: Record<string, string>[] = [
  {},
  { "sec-fetch-site": "same-origin" },
  { "sec-fetch-site": "none" },
  { origin: "http://shop.example:8080" },
  { origin: "https://shop.example:8080" },
];

const rejected: Record<string, string>[] = [
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "" },
  { "sec-fetch-site": "unknown" },
  { "sec-fetch-site": "cross-site", origin: "http://shop.example:8080" },
  { "sec-fetch-site": "cross-site", "content-type": "text/plain" },
  { origin: "http://shop.example" },
  { origin: "http://evil.example" },
  { origin: "null" },
  { origin: "" },
];

describe("rejectCrossSite", () => {
  const app = new Hono();
  app.use(rejectCrossSite);
  app.all("/", (c) => c.text("accepted"));
  const request = async (method: string, headers: Record<string, string>) => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const url = "http://shop.example:8080/";
    return (await app.request(url, { method, headers: { ...type, ...headers } })).status;
  };

  for (const headers of accepted) {
    it(`accepts a form with ${JSON.stringify(headers)}`, async () => {
      assert.equal(await request("POST", headers), 200);
    });
  }

  for (const headers of rejected) {
    it(`rejects a form with ${JSON.stringify(headers)}, but no GET`, async () => {
      assert.equal(await request("POST", headers), 403);
      assert.equal(await request("GET", headers), 200);
    });
  }
});
