import * as fc from "fast-check";
import { anyBytes, anyEdits, anyText, applyEdits } from "../bytes.ts";
import { defineTarget } from "../target.ts";
import { anyHeader, sendRequest } from "./requests.ts";

const order = {
  ...{ email: "someone@example.com", street_address: "1 Harbour Street", zip_code: "94043" },
  ...{ city: "Northfield", state: "CA", country: "United States" },
  ...{ credit_card_number: "4111111111111111", credit_card_expiration_month: "1" },
  ...{ credit_card_expiration_year: `${new Date().getFullYear() + 5}`, credit_card_cvv: "672" },
  ...{ request_id: "8a3d4c1e-6b0f-4f57-9f0a-2d1e7c5b9a64", expected_total: "USD 28.98" },
  ...{ cart_version: "1", expected_cart: "OLJCESPC7Z 2" },
};
const line = { product_id: "OLJCESPC7Z", quantity: "2" };

const anyForm = fc
  .record({
    form: fc.constantFrom(
      ...([
        ["/cart", line],
        ["/cart", line],
        ["/cart/update", line],
        ["/cart/remove", line],
        ["/cart/empty", {}],
        ["/cart/checkout", order],
        ["/setCurrency", { currency_code: "EUR" }],
        ["/logout", {}],
      ] as const),
    ),
    changes: fc.array(fc.tuple(fc.nat(20), anyText), { maxLength: 3 }),
  })
  .map(({ form: [path, fields], changes }) => {
    const pairs: [string, string][] = Object.entries(fields);
    for (const [index, value] of changes) {
      const pair = pairs[index % (pairs.length + 1)];
      if (pair) pair[1] = value.toWellFormed();
      else pairs.push([value.toWellFormed(), value.toWellFormed()]);
    }
    return { path, body: new URLSearchParams(pairs).toString() };
  });

const uuid = "4d5c1c1e-6b0f-4f57-9f0a-2d1e7c5b9a64";

/** A Cookie header: sessions, currencies, and anything else. */
export const anyCookies: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(
      fc.tuple(
        fc.constantFrom("shop_session-id", "shop_currency", "a", "", "__proto__"),
        fc.oneof(
          fc.constantFrom(uuid, `${uuid}.x`, `${uuid}.`, "EUR", "eur", "%zz", '"EUR"'),
          fc.uuid(),
          anyText,
        ),
      ),
      { maxLength: 4 },
    )
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("; ")),
  anyBytes(80),
);

/** The storefront's forms, with right and wrong fields, media types, origins and bodies. */
export const formsTarget = defineTarget({
  name: "forms",
  weight: 10,
  input: fc.record({
    form: anyForm,
    edits: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, anyEdits),
    type: fc.oneof(
      { weight: 6, arbitrary: fc.constant("application/x-www-form-urlencoded") },
      fc.constantFrom("multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""),
    ),
    origin: anyHeader("origin", fc.constantFrom("null", "http://evil.example", "x")),
    cookie: anyHeader("cookie", anyCookies),
    encoding: anyHeader("content-encoding", fc.constantFrom("gzip", "br", "identity")),
  }),
  send: ({ form: { path, body }, edits, type, origin, cookie, encoding }, shop) =>
    sendRequest(shop, "frontend", {
      ...{ method: "POST", path },
      headers: [["content-type", type], ...origin, ...cookie, ...encoding],
      body: Buffer.from(applyEdits(body, edits), "latin1"),
    }),
});

const anyPath = fc.oneof(
  fc.constantFrom("/", "/cart", "/orders", "/logout", `/orders/${uuid}`, "/product/OLJCESPC7Z"),
  anyText.map((text) => `/search?q=${encodeURIComponent(text.toWellFormed())}`),
  anyText.map((text) => `/product/${encodeURIComponent(text.toWellFormed())}`),
  anyText.map((text) => `/orders/${encodeURIComponent(text.toWellFormed())}`),
  anyText.map((text) => `/?category=${encodeURIComponent(text.toWellFormed())}`),
);

/** Pages with any cookies, and queries with any text. */
export const pagesTarget = defineTarget({
  name: "pages",
  weight: 6,
  input: fc.record({
    path: anyPath,
    headers: fc
      .tuple(
        anyHeader("cookie", anyCookies),
        anyHeader("referer", anyText),
        anyHeader("accept-language", anyText),
      )
      .map((all) => all.flat()),
  }),
  send: ({ path, headers }, shop) =>
    sendRequest(shop, "frontend", { method: "GET", path, headers, body: "" }),
});
