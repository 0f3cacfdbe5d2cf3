import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accountOf, skipWithoutOpenssl, startIssuer, writeUnsigned } from "./fixtures/issuer.ts";
import { startProtected } from "./fixtures/protected-function.ts";

const method = "hipstershop.AdService/GetAds";

describe("a function that requires identities", () => {
  test("admits the callers that it names, and refuses others before it has an effect", {
    skip: skipWithoutOpenssl,
  }, async (t) => {
    const issuer = await startIssuer(t, { tls: true });
    const { getAds, done, lines } = await startProtected(t, issuer);
    const token = await issuer.sign();
    assert.equal(await getAds(`Bearer ${token}`), "OK");
    assert.equal(await getAds(`bearer ${token}`), "OK");
    const other = accountOf("frontend", "elsewhere");
    assert.equal(
      await getAds(`Bearer ${await issuer.sign({ sub: other })}`),
      `PERMISSION_DENIED: ${method} is not open to ${other}: ALLOWED_CALLERS has the identities that may call`,
    );
    const required = `UNAUTHENTICATED: ${method} requires an identity: send a bearer token with the audience cartservice in the header authorization`;
    assert.equal(await getAds(), required);
    assert.equal(await getAds(`Basic ${token}`), required);
    assert.equal(await getAds("Bearer "), required);
    for (const [bad, reason] of [
      [await issuer.sign({ expiresIn: -120 }), "it has expired"],
      [await issuer.sign({ aud: "other" }), "it is not for the audience cartservice"],
      [writeUnsigned(), "its algorithm is not one of RS256, ES256, ES384, ES512"],
    ] as const) {
      const expected = `UNAUTHENTICATED: the caller's token is invalid: ${reason}`;
      assert.equal(await getAds(`Bearer ${bad}`), expected);
    }
    assert.equal(done(), 2);
    assert.doesNotMatch(JSON.stringify(lines()), new RegExp(token.split(".")[2] ?? ""));
    assert.equal(issuer.requests.length, 1);
  });

  test("refuses calls while it has no keys, and admits them afterwards without a restart", async (t) => {
    const issuer = await startIssuer(t);
    issuer.status = 503;
    const { getAds, done } = await startProtected(t, issuer);
    const authorization = `Bearer ${await issuer.sign()}`;
    assert.match(await getAds(authorization), /^UNAVAILABLE: callers cannot be verified, because /);
    issuer.status = 200;
    await t.waitFor(async () => assert.equal(await getAds(authorization), "OK"), {
      timeout: 10_000,
    });
    assert.equal(done(), 1);
  });

  test("answers health checks without a token", async (t) => {
    const { call, url } = await startProtected(t, await startIssuer(t));
    assert.equal(await call("/grpc.health.v1.Health/Check"), "OK");
    for (const path of ["/health/liveness", "/health/readiness"]) {
      assert.equal((await fetch(url + path)).status, 200);
    }
  });

  test("refuses warm-up calls without a token", async (t) => {
    const { call } = await startProtected(t, await startIssuer(t));
    assert.match(await call("/hipstershop.PrewarmService/Wake"), /^UNAUTHENTICATED: /);
  });
});

describe("the HTTP side of a function that requires identities", () => {
  test("refuses all senders, unless ALLOWED_SENDERS names them", async (t) => {
    const issuer = await startIssuer(t);
    const broker = accountOf("broker");
    const closed = await startProtected(t, issuer);
    const open = await startProtected(t, issuer, { ALLOWED_SENDERS: broker });
    const post = async (url: string, sub?: string) => {
      const authorization = sub && `Bearer ${await issuer.sign({ sub })}`;
      const headers = authorization ? { authorization } : {};
      return fetch(url, { method: "POST", headers, body: "x".repeat(100_000) });
    };
    assert.equal((await post(closed.url, broker)).status, 403);
    assert.equal((await post(closed.url)).status, 401);
    const refused = await post(open.url);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get("www-authenticate"), "Bearer");
    assert.match(await refused.text(), /^POST \/ requires an identity: send a bearer token with /);
    const denied = await post(open.url, accountOf("frontend"));
    assert.equal(denied.status, 403);
    assert.equal(
      await denied.text(),
      `POST / is not open to ${accountOf("frontend")}: ALLOWED_SENDERS has the identities that may call\n`,
    );
    assert.equal((await post(open.url, broker)).status, 200);
    assert.deepEqual([closed.done(), open.done()], [0, 1]);
  });

  test("is open to anyone if ALLOWED_SENDERS says so, and gRPC is not", async (t) => {
    const issuer = await startIssuer(t);
    const { url, getAds } = await startProtected(t, issuer, { ALLOWED_SENDERS: "anyone" });
    assert.equal((await fetch(url)).status, 200);
    assert.match(await getAds(), /^UNAUTHENTICATED: /);
  });
});
