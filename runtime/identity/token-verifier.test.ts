import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { configureLog } from "../log.ts";
import {
  accountOf,
  createKey,
  startIssuer,
  type TokenOptions,
  writeUnsigned,
} from "./fixtures/issuer.ts";
import { createTokenVerifier } from "./token-verifier.ts";

configureLog({ write: () => undefined });

async function start(t: TestContext) {
  const issuer = await startIssuer(t);
  const clock = { ms: Date.now() };
  const keysUrl = new URL(issuer.keysUrl);
  const config = { audience: "cartservice", keysUrl, keysAccess: issuer.access, issuers: [] };
  return { issuer, clock, verifier: createTokenVerifier(config, () => clock.ms) };
}

const invalid = (reason: string) => ({
  code: "UNAUTHENTICATED",
  message: `the caller's token is invalid: ${reason}`,
});

describe("a valid token", () => {
  test("gives the caller's identity, and the keys are fetched once with the own token", async (t) => {
    const { issuer, verifier } = await start(t);
    const tokens = [await issuer.sign(), await issuer.sign({ sub: accountOf("other") })];
    const subjects = await Promise.all(tokens.map((token) => verifier.verify(token)));
    assert.deepEqual(subjects, [accountOf("frontend"), accountOf("other")]);
    assert.equal(issuer.requests.length, 1);
    assert.match(issuer.requests[0] ?? "", /^Bearer ey/);
  });

  test("is refused after it has expired, although it was verified before", async (t) => {
    const { issuer, clock, verifier } = await start(t);
    const token = await issuer.sign({ expiresIn: 10 });
    await verifier.verify(token);
    clock.ms += 75_000;
    await assert.rejects(verifier.verify(token), invalid("it has expired"));
  });
});

describe("a token is refused", () => {
  const cases: [string, TokenOptions, string][] = [
    ["if it has expired", { expiresIn: -120 }, "it has expired"],
    ["for another audience", { aud: "x" }, "it is not for the audience cartservice"],
    ["of another issuer", { iss: "x" }, "it is not of the issuer https://issuer.example"],
    ["without an expiry", { without: ["exp"] }, "its claim exp is missing or invalid"],
    ["without a subject", { without: ["sub"] }, "its claim sub is missing or invalid"],
    ["without an audience", { without: ["aud"] }, "it is not for the audience cartservice"],
    ["of an unknown key", { kid: "unknown" }, "its key is unknown"],
  ];
  for (const [title, options, reason] of cases) {
    test(title, async (t) => {
      const { issuer, verifier } = await start(t);
      await assert.rejects(verifier.verify(await issuer.sign(options)), invalid(reason));
    });
  }

  test("with the algorithm none, or one that uses the public key as a secret", async (t) => {
    const { issuer, verifier } = await start(t);
    const algorithm = invalid("its algorithm is not one of RS256, ES256, ES384, ES512");
    await assert.rejects(verifier.verify(writeUnsigned()), algorithm);
    const [, payload] = writeUnsigned().split(".");
    const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: "first" })).toString(
      "base64url",
    );
    const secret = JSON.stringify(issuer.keys[0]?.publicJwk);
    const mac = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url");
    await assert.rejects(verifier.verify(`${header}.${payload}.${mac}`), algorithm);
  });

  test("with another key's signature", async (t) => {
    const { issuer, verifier } = await start(t);
    const forged = await issuer.sign({ kid: "first" }, await createKey("other"));
    await assert.rejects(verifier.verify(forged), invalid("its signature does not match"));
  });

  for (const text of ["x", "a.b.c", "..", `${"ey".repeat(4000)}`]) {
    test(`that is ${text.slice(0, 6)}, without a part of it in the message`, async (t) => {
      const { verifier } = await start(t);
      await assert.rejects(verifier.verify(text), invalid("it is malformed"));
    });
  }
});

describe("when the issuer's keys change", () => {
  test("a new key is fetched once it is used, and a withdrawn one is refused later", async (t) => {
    const { issuer, clock, verifier } = await start(t);
    const old = await issuer.sign();
    await verifier.verify(old);
    clock.ms += 15_000;
    issuer.keys.splice(0, 1, await createKey("second"));
    await verifier.verify(await issuer.sign());
    clock.ms += 60_000;
    await assert.rejects(verifier.verify(old), invalid("its key is unknown"));
  });

  test("unknown keys cause at most one fetch within ten seconds", async (t) => {
    const { issuer, clock, verifier } = await start(t);
    await verifier.prepare();
    clock.ms += 15_000;
    for (let n = 0; n < 20; n += 1) {
      const token = await issuer.sign({ kid: `unknown-${n}` });
      await assert.rejects(verifier.verify(token), { code: "UNAUTHENTICATED" });
    }
    assert.equal(issuer.requests.length, 2);
  });
});

describe("while the key server is away", () => {
  test("calls are UNAVAILABLE, and succeed once it is back", async (t) => {
    const { issuer, clock, verifier } = await start(t);
    const token = await issuer.sign();
    const lines: string[] = [];
    configureLog({ write: (line) => lines.push(line) });
    t.after(() => configureLog({ write: () => undefined }));
    for (const [status, reason] of [
      [0, "socket hang up"],
      [401, "HTTP status 401"],
    ] as const) {
      issuer.status = status;
      clock.ms += 1000;
      // Everyone can cause this answer: the reason is in the log alone.
      await assert.rejects(verifier.verify(token), {
        code: "UNAVAILABLE",
        message:
          "callers cannot be verified, because the keys of their tokens could not be fetched",
      });
      assert.ok(lines.at(-1)?.includes(reason));
    }
    assert.ok(lines.every((line) => line.includes(issuer.keysUrl)));
    issuer.status = 200;
    clock.ms += 1000;
    assert.equal(await verifier.verify(token), accountOf("frontend"));
  });

  test("known keys are used, and unknown ones are UNAVAILABLE", async (t) => {
    const { issuer, clock, verifier } = await start(t);
    await verifier.prepare();
    issuer.status = 500;
    clock.ms += 10 * 60_000;
    assert.equal(await verifier.verify(await issuer.sign()), accountOf("frontend"));
    const next = await createKey("next");
    clock.ms += 15_000;
    await assert.rejects(verifier.verify(await issuer.sign({}, next)), { code: "UNAVAILABLE" });
    issuer.status = 200;
    issuer.keys.push(next);
    clock.ms += 15_000;
    assert.equal(await verifier.verify(await issuer.sign()), accountOf("frontend"));
  });
});
