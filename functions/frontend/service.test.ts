import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { openTestShop } from "./fixtures/storefront.ts";
import { maxFormBytes } from "./forms/read-form.ts";
import { sharedSessionId } from "./http/session.ts";

const cookieRule = /; Max-Age=172800; Path=\/; HttpOnly; SameSite=Lax$/;

/** Sends bytes as they are and reads the answer's first line. */
function sendRaw(host: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(`http://${host}`);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.once("data", (data) => {
      resolve(data.toString().split("\r\n", 1)[0] ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("cookies", () => {
  it("begin a session on the whole site", async (t) => {
    const shop = await openTestShop(t);
    const [cookie = ""] = (await shop.get("/product/MUG", { cookie: "" })).headers.getSetCookie();
    assert.match(
      cookie,
      /^shop_session-id=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    );
    assert.match(cookie, cookieRule);
  });

  it("are Secure where the browser used https", async (t) => {
    const shop = await openTestShop(t);
    const headers = { cookie: "", "x-forwarded-proto": "https" };
    assert.match((await shop.get("/", headers)).headers.getSetCookie()[0] ?? "", /; Secure/);
  });

  it("are left alone while the session is good, and replaced where it is malformed", async (t) => {
    const shop = await openTestShop(t);
    assert.deepEqual((await shop.get("/")).headers.getSetCookie(), []);
    const malformed = await shop.get("/", { cookie: "shop_session-id=' OR 1=1" });
    assert.equal(malformed.headers.getSetCookie().length, 1);
  });

  it("name one session for all where it is shared", async (t) => {
    const shop = await openTestShop(t, { hasSharedSession: true });
    const [cookie = ""] = (await shop.get("/")).headers.getSetCookie();
    assert.ok(cookie.startsWith(`shop_session-id=${sharedSessionId};`));
  });

  it("keep the currency, and go back to the page where it was set", async (t) => {
    const shop = await openTestShop(t);
    const referer = `http://${shop.host}/product/MUG`;
    const response = await shop.post("/setCurrency", { currency_code: "EUR" }, { referer });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), "/product/MUG");
    assert.match(response.headers.getSetCookie()[0] ?? "", /^shop_currency=EUR;/);
    assert.match(response.headers.getSetCookie()[0] ?? "", cookieRule);
  });

  for (const code of ["AED", "usd", "", "XXX"]) {
    it(`are not set for the currency ${JSON.stringify(code)}`, async (t) => {
      const shop = await openTestShop(t);
      const response = await shop.post("/setCurrency", { currency_code: code });
      assert.equal(response.status, 422);
      assert.deepEqual(response.headers.getSetCookie(), []);
    });
  }

  it("with an unknown currency count as US dollars", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/", { cookie: "shop_currency=AED" });
    assert.match(await response.text(), /\$8\.99/);
  });

  it("end at logout", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/logout");
    assert.equal(response.headers.get("location"), "/");
    const expired = response.headers
      .getSetCookie()
      .filter((cookie) => /=; Max-Age=0; Path=\//.test(cookie));
    assert.equal(expired.length, 2);
  });
});

describe("what is no page", () => {
  it("answers the probe without a session", async (t) => {
    const shop = await openTestShop(t);
    const probe = await shop.get("/_healthz", { cookie: "" });
    assert.equal(await probe.text(), "ok");
    assert.deepEqual(probe.headers.getSetCookie(), []);
  });

  it("lets crawlers read goods, and nothing that depends on a visitor", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/robots.txt", { cookie: "" });
    assert.equal(response.headers.get("content-type"), "text/plain; charset=UTF-8");
    assert.equal(response.headers.get("cache-control"), "public, max-age=86400");
    assert.deepEqual(response.headers.getSetCookie(), []);
    const lines = (await response.text()).split("\n");
    const isAllowed = (path: string) =>
      !lines.some((line) => line !== "" && path.startsWith(line.replace(/^Disallow: /, "")));
    assert.equal(lines[0], "User-agent: *");
    for (const path of ["/", "/product/MUG", "/?category=kitchen", "/static/css/base.css"]) {
      assert.ok(isAllowed(path), path);
    }
    for (const path of [
      "/cart",
      "/cart/checkout",
      "/logout",
      "/setCurrency",
      "/search?q=x",
      "/product-meta/MUG",
    ]) {
      assert.ok(!isAllowed(path), path);
    }
  });

  it("answers product data as Online Boutique's JSON", async (t) => {
    const shop = await openTestShop(t);
    assert.deepEqual(await (await shop.get("/product-meta/MUG")).json(), {
      id: "MUG",
      name: "Mug",
      description: "One of our mug, described in a sentence or two for the page.",
      picture: "/static/img/products/mug.svg",
      price_usd: { currency_code: "USD", units: 8, nanos: 990_000_000 },
      categories: ["kitchen"],
    });
    const failure = new StatusError("NOT_FOUND", "secret detail");
    shop.upstreams.failures.set("ProductCatalogService/getProduct", failure);
    const missing = await shop.get("/product-meta/NONE");
    assert.equal(missing.status, 404);
    assert.deepEqual(await missing.json(), { error: "There is no product with this ID." });
  });

  it("sends files for good by version, else to be asked for again", async (t) => {
    const shop = await openTestShop(t);
    const page = await (await shop.get("/")).text();
    const [, url = ""] = /href="(\/static\/css\/base\.css\?v=\w+)"/.exec(page) ?? [];
    const versioned = await shop.get(url);
    assert.match(versioned.headers.get("cache-control") ?? "", /max-age=31536000, immutable/);
    assert.equal(versioned.headers.get("content-type"), "text/css; charset=utf-8");
    const plain = await shop.get("/static/css/base.css");
    const etag = plain.headers.get("etag") ?? "";
    assert.equal(plain.headers.get("cache-control"), "public, max-age=3600");
    assert.equal((await shop.get("/static/css/base.css", { "if-none-match": etag })).status, 304);
    assert.equal((await shop.get("/static/css/base.css", { "if-none-match": '"x"' })).status, 200);
  });

  for (const path of ["/static/css", "/static/none.css", "/static/%2e%2e/service.ts", "/static/"]) {
    it(`has no file ${path}`, async (t) => {
      const shop = await openTestShop(t);
      assert.equal((await shop.get(path)).status, 404);
    });
  }
});

describe("errors", () => {
  it("are a page with the trace", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/nowhere");
    assert.equal(response.status, 404);
    assert.match(await response.text(), /name this trace: <code>[0-9a-f]{32}/);
  });

  const methods: [string, string, string][] = [
    ["POST", "/", "GET, HEAD"],
    ["DELETE", "/cart", "GET, HEAD, POST"],
    ["GET", "/cart/checkout", "POST"],
    ["GET", "/setCurrency", "POST"],
    ["PUT", "/product/MUG", "GET, HEAD"],
    ["OPTIONS", "/cart/empty", "POST"],
    ["POST", "/_healthz", "GET, HEAD"],
  ];
  for (const [method, path, allowed] of methods) {
    it(`are 405 for ${method} ${path}, with what is allowed`, async (t) => {
      const shop = await openTestShop(t);
      const response = await fetch(`http://${shop.host}${path}`, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("allow"), allowed);
    });
  }

  it("are 415 for anything but a form", async (t) => {
    const shop = await openTestShop(t);
    for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x"]) {
      const sent = await shop.post("/cart", { product_id: "MUG" }, { "content-type": type });
      assert.equal(sent.status, 415, type);
    }
  });

  it("are 413 for a form that is too large, with and without its length", async (t) => {
    const shop = await openTestShop(t);
    const size = maxFormBytes + 1;
    assert.equal((await shop.post("/cart", { product_id: "x".repeat(size) })).status, 413);
    const head = `POST /cart HTTP/1.1\r\nhost: ${shop.host}\r\ncontent-type: application/x-www-form-urlencoded\r\n`;
    const body = `transfer-encoding: chunked\r\n\r\n${size.toString(16)}\r\n${"x".repeat(size)}\r\n0\r\n\r\n`;
    assert.match(await sendRaw(shop.host, head + body), / 413 /);
  });

  it("are 400 for a form that is not UTF-8", async (t) => {
    const shop = await openTestShop(t);
    const init = {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };
    for (const body of ["product_id=%FF", "product_id=%", new Uint8Array([0xff, 0x3d])]) {
      const response = await fetch(`http://${shop.host}/cart`, { ...init, body });
      assert.equal(response.status, 400);
    }
  });

  it("are 403 for a form from another site", async (t) => {
    const shop = await openTestShop(t);
    const fields = { product_id: "MUG", quantity: "1" };
    assert.equal((await shop.post("/cart", fields, { origin: "http://evil.example" })).status, 403);
    assert.equal((await shop.post("/cart", fields, { origin: `http://${shop.host}` })).status, 302);
    assert.deepEqual(shop.cart(), { MUG: 1 });
  });

  const failures = [
    ["UNAVAILABLE", 503],
    ["DEADLINE_EXCEEDED", 504],
    ["INTERNAL", 500],
    ["UNKNOWN", 500],
  ] as const;
  for (const [code, status] of failures) {
    it(`are ${status} without details where a function answers ${code}`, async (t) => {
      const shop = await openTestShop(t);
      const failure = new StatusError(code, "secret detail");
      shop.upstreams.failures.set("ProductCatalogService/listProducts", failure);
      const response = await shop.get("/");
      assert.equal(response.status, status);
      assert.doesNotMatch(await response.text(), /secret detail|node:|at \//);
    });
  }

  it("leave the process up after bytes that are no request", async (t) => {
    const shop = await openTestShop(t);
    assert.match(await sendRaw(shop.host, "GET / HTTP/1.1\r\n\r\n"), / 400 /);
    assert.match(await sendRaw(shop.host, "GET / HTTP/1.1\r\nhost: a b\r\n\r\n"), / 400 /);
    assert.match(
      await sendRaw(shop.host, `TRACE / HTTP/1.1\r\nhost: ${shop.host}\r\n\r\n`),
      / 405 /,
    );
    assert.equal((await shop.get("/")).status, 200);
  });
});

describe("headers", () => {
  it("of a visitor do not make a page fail, whatever baggage they bring", async (t) => {
    const shop = await openTestShop(t);
    for (const baggage of ["a=b;\tp", "a=b;p=\u00fc", `a=${"b".repeat(9000)}`]) {
      for (const path of ["/", "/product/MUG", "/cart"]) {
        assert.equal((await shop.get(path, { baggage })).status, 200, path);
      }
    }
  });

  it("let a page do nothing but show itself", async (t) => {
    const shop = await openTestShop(t);
    const { headers } = await shop.get("/");
    assert.match(
      headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src 'self';/,
    );
    assert.doesNotMatch(headers.get("content-security-policy") ?? "", /script-src|unsafe/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cache-control"), "private, no-cache");
  });

  it("are those of GET for HEAD, without a body", async (t) => {
    const shop = await openTestShop(t);
    for (const path of ["/", "/product/MUG", "/cart", "/static/css/base.css", "/_healthz"]) {
      const response = await fetch(`http://${shop.host}${path}`, { method: "HEAD" });
      assert.equal(response.status, 200, path);
      assert.equal(await response.text(), "");
    }
  });
});
