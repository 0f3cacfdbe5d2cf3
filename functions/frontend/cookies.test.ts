import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openTestShop } from "./fixtures/storefront.ts";
import { sharedSessionId } from "./http/session.ts";

const cookieRule = /; Max-Age=172800; Path=\/; HttpOnly; SameSite=Lax$/;

describe("cookies", () => {
  it("start a session for the whole site", async (t) => {
    const shop = await openTestShop(t);
    const [cookie = ""] = (await shop.get("/product/MUG", { cookie: "" })).headers.getSetCookie();
    assert.match(
      cookie,
      /^shop_session-id=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    );
    assert.match(cookie, cookieRule);
  });

  it("are Secure if the browser used https", async (t) => {
    const shop = await openTestShop(t);
    const headers = { cookie: "", "x-forwarded-proto": "https" };
    assert.match((await shop.get("/", headers)).headers.getSetCookie()[0] ?? "", /; Secure/);
  });

  it("are kept while the session id is valid, and replaced if it is not", async (t) => {
    const shop = await openTestShop(t);
    assert.deepEqual((await shop.get("/")).headers.getSetCookie(), []);
    const malformed = await shop.get("/", { cookie: "shop_session-id=' OR 1=1" });
    assert.equal(malformed.headers.getSetCookie().length, 1);
  });

  it("contain the same session id for all visitors if it is shared", async (t) => {
    const shop = await openTestShop(t, { hasSharedSession: true });
    const [cookie = ""] = (await shop.get("/")).headers.getSetCookie();
    assert.ok(cookie.startsWith(`shop_session-id=${sharedSessionId};`));
  });

  it("store the currency, and the response returns to the page that set it", async (t) => {
    const shop = await openTestShop(t);
    const referer = `http://${shop.host}/product/MUG`;
    const response = await shop.post("/setCurrency", { currency_code: "EUR" }, { referer });
    assert.equal(response.headers.get("content-length"), "0");
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

  it("with an unknown currency mean US dollars", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/", { cookie: "shop_currency=AED" });
    assert.match(await response.text(), /\$8\.99/);
  });

  it("are deleted at logout by a form, and not by a link to its page", async (t) => {
    const shop = await openTestShop(t);
    const page = await shop.get("/logout");
    assert.equal(page.status, 200);
    assert.deepEqual(page.headers.getSetCookie(), []);
    assert.match(await page.text(), /<form [^>]*method="post" action="\/logout">\n<button/);
    assert.deepEqual(shop.dependencies.calls, []);
    const response = await shop.post("/logout");
    assert.equal(response.headers.get("location"), "/");
    const expired = response.headers
      .getSetCookie()
      .filter((cookie) => /=; Max-Age=0; Path=\//.test(cookie));
    assert.equal(expired.length, 2);
  });
});
