import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, test } from "node:test";
import { readEnvironment } from "../environment.ts";
import { accountOf } from "./fixtures/issuer.ts";
import { readIdentityConfig } from "./identity-config.ts";

const read = (env: Record<string, string>) => readEnvironment(env, readIdentityConfig);

const complete = {
  ALLOWED_CALLERS: accountOf("frontend"),
  TOKEN_AUDIENCE: "cartservice.shop.svc.cluster.local",
  TOKEN_KEYS_URL: "https://kubernetes.default.svc/openid/v1/jwks",
  TOKEN_KEYS_ACCESS: tmpdir(),
};

describe("the variables of identities", () => {
  test("are optional", () => {
    assert.deepEqual(read({}), { callTokens: undefined, callers: undefined });
    assert.equal(read({ CALL_TOKENS: tmpdir() }).callers, undefined);
  });

  test("name callers, and nobody who may send events", () => {
    const { callers } = read(complete);
    assert.deepEqual([...(callers?.callers ?? [])], [accountOf("frontend")]);
    assert.deepEqual(callers?.senders, new Set());
    assert.equal(read({ ...complete, ALLOWED_CALLERS: "none" }).callers?.callers.size, 0);
    const { issuers } = read({ ...complete, TOKEN_ISSUER: "https://a, https://b" }).callers ?? {};
    assert.deepEqual(issuers, ["https://a", "https://b"]);
  });

  for (const missing of Object.keys(complete)) {
    test(`are refused without ${missing}`, () => {
      const message =
        /^callers are verified only if ALLOWED_CALLERS, .*: set all of them, or none$/;
      assert.throws(() => read({ ...complete, [missing]: "" }), { message });
    });
  }

  const subjects =
    "expected service accounts with commas, such as system:serviceaccount:shop:frontend, or none";
  for (const [name, value, rule] of [
    ["ALLOWED_CALLERS", "shop/frontend", subjects],
    ["ALLOWED_CALLERS", `${accountOf("a")},`, subjects],
    ["ALLOWED_SENDERS", "*", `${subjects}, or anyone`],
    ["TOKEN_KEYS_URL", "kubernetes.default.svc", "expected a URL such as https://host:port"],
    ["TOKEN_KEYS_ACCESS", "relative", "expected the absolute path of a folder"],
    ["TOKEN_ISSUER", ",", "expected issuers with commas"],
    ["CALL_TOKENS", "/nowhere", "expected the absolute path of a folder"],
  ] as const) {
    test(`are refused if ${name} is ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => read({ ...complete, [name]: value }),
        (error: Error) => {
          assert.ok(error.message.includes(`${name} is ${JSON.stringify(value)}: ${rule}`));
          return true;
        },
      );
    });
  }

  test("are refused if the token for the keys would be sent in plain text", () => {
    const http = "http://kubernetes.default.svc/openid/v1/jwks";
    const message =
      "TOKEN_KEYS_URL is http://kubernetes.default.svc: expected https:, because the token in TOKEN_KEYS_ACCESS is sent to it (http: only to a loopback address)";
    assert.throws(() => read({ ...complete, TOKEN_KEYS_URL: http }), { message });
    for (const host of ["127.0.0.1.example", "localhost.example", "[::2]", "10.0.0.1"]) {
      assert.throws(
        () => read({ ...complete, TOKEN_KEYS_URL: `http://${host}/` }),
        /expected https:/,
      );
    }
    for (const host of ["127.0.0.1:80", "127.1", "localhost", "[::1]:80"]) {
      assert.ok(read({ ...complete, TOKEN_KEYS_URL: `http://${host}/keys` }).callers);
    }
    // Without a token, nothing is secret.
    const open = { ...complete, TOKEN_KEYS_ACCESS: "", TOKEN_ISSUER: "a", TOKEN_KEYS_URL: http };
    assert.ok(read(open).callers);
  });
});
