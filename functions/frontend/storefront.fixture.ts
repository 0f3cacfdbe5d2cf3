import type { TestContext } from "node:test";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { createHttpHandler } from "./http-handler.ts";
import { createStorefront, type StorefrontOptions } from "./service.ts";
import { startTestUpstreams, type TestUpstreams } from "./upstreams.fixture.ts";
import { connectUpstreams } from "./upstreams.ts";

/** The session of a TestShop's requests. */
export const testSessionId = "0b7e7c0e-5a3f-4c79-9a77-0e6d3c6f2d11";

/** A storefront on a port, the functions behind it, and a visitor with a session. */
export interface TestShop {
  readonly upstreams: TestUpstreams;
  readonly host: string;
  /** Requests a page, with the visitor's session and without following redirects. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form. */
  post(
    path: string,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** What is in the visitor's cart. */
  cart(): Record<string, number>;
}

/** The order form, filled. */
export const goodOrder = {
  email: "someone@example.com",
  street_address: "12 Harbour Street",
  zip_code: "94043",
  city: "Mountain View",
  state: "CA",
  country: "United States",
  credit_card_number: "4432-8015-6152-0454",
  credit_card_expiration_month: "1",
  credit_card_expiration_year: "2030",
  credit_card_cvv: "672",
} as const;

/** Starts a storefront, closed at the end of the test. The year in it is 2026. */
export async function openTestShop(
  t: TestContext,
  options: Partial<StorefrontOptions> = {},
): Promise<TestShop> {
  const testUpstreams = await startTestUpstreams();
  const upstreams = connectUpstreams(testUpstreams.addresses);
  const now = () => new Date("2026-11-24T12:00:00Z");
  const app = createStorefront({ upstreams, now, random: () => 0, ...options });
  const server = await serveForTest({ http: createHttpHandler(app) });
  t.after(async () => {
    upstreams.close();
    await server.close();
    await testUpstreams.close();
  });
  const send = (path: string, init: RequestInit) =>
    fetch(`http://${server.address}${path}`, {
      redirect: "manual",
      ...init,
      headers: { cookie: `shop_session-id=${testSessionId}`, ...init.headers },
    });
  return {
    upstreams: testUpstreams,
    host: server.address,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, fields = {}, headers = {}) =>
      send(path, { method: "POST", body: new URLSearchParams(fields), headers }),
    cart: () => Object.fromEntries(testUpstreams.carts.get(testSessionId) ?? []),
  };
}
