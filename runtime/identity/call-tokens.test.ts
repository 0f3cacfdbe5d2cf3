import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { prewarm } from "#protos/events.ts";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "../client.ts";
import { createEventSink } from "../deliver-event.ts";
import { startSinkServer } from "../fixtures/event-sink.ts";
import { forkFixture, untilReady } from "../fixtures/fork-fixture.ts";
import { addCallToken, useCallTokens } from "./call-tokens.ts";
import { startIssuer } from "./fixtures/issuer.ts";
import { startProtected } from "./fixtures/protected-function.ts";

afterEach(() => useCallTokens(undefined));

function createFolder(t: TestContext, tokens: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "tokens-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, token] of Object.entries(tokens)) writeFileSync(join(folder, name), token);
  return folder;
}

function headerOf(authority: string): string {
  const headers = new Map<string, string>();
  addCallToken(headers, authority);
  return headers.get("authorization") ?? "";
}

describe("the tokens of calls", () => {
  test("are those of the dependency, and are read again after a minute", (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const folder = createFolder(t, { "cart.shop.svc": "a\n", "ad.shop.svc": "b" });
    assert.equal(headerOf("cart.shop.svc:80"), "");
    useCallTokens(folder);
    assert.equal(headerOf("cart.shop.svc:80"), "Bearer a");
    assert.equal(headerOf("ad.shop.svc"), "Bearer b");
    writeFileSync(join(folder, "cart.shop.svc"), "rotated");
    assert.equal(headerOf("cart.shop.svc:80"), "Bearer a");
    t.mock.timers.tick(60_000);
    assert.equal(headerOf("cart.shop.svc:80"), "Bearer rotated");
  });

  test("fail a call at once if the folder has none for the dependency", async (t) => {
    const folder = createFolder(t, { "127.0.0.2": "" });
    useCallTokens(folder);
    for (const host of ["127.0.0.1", "127.0.0.2"]) {
      const client = createClient(AdServiceDefinition, `${host}:9`);
      t.after(() => client.close());
      await assert.rejects(client.getAds({ contextKeys: [] }), {
        code: "UNAUTHENTICATED",
        message: `CALL_TOKENS is ${folder}, which has no token for ${host}: add a file of that name`,
      });
    }
  });

  test("are not in the error and its causes if a file is not one token", async (t) => {
    useCallTokens(createFolder(t, { "127.0.0.1": "secret\nsecret" }));
    const client = createClient(AdServiceDefinition, "127.0.0.1:9");
    t.after(() => client.close());
    await assert.rejects(client.getAds({ contextKeys: [] }), (error: Error) => {
      assert.match(inspect(error), /127\.0\.0\.1 is not one token/);
      assert.doesNotMatch(inspect(error), /secret/);
      return true;
    });
  });

  test("are sent with events if there is one for the sink", async (t) => {
    const { received, url } = await startSinkServer(t);
    const publish = async () => {
      const content = { id: "1", publisher: "test", data: { waker: "test" } };
      await createEventSink(url).publish(prewarm, content, { timeoutMs: 5000, pausesMs: [] });
      return received.at(-1)?.headers.authorization;
    };
    assert.equal(await publish(), undefined);
    useCallTokens(createFolder(t));
    assert.equal(await publish(), undefined);
    useCallTokens(createFolder(t, { "127.0.0.1": "s" }));
    assert.equal(await publish(), "Bearer s");
  });
});

test("a function calls another one with its token, and no token with another's", async (t) => {
  const issuer = await startIssuer(t);
  const dependency = await startProtected(t, issuer);
  const callThrough = async (token: string) => {
    const { child } = forkFixture(t, "relay-function.ts", {
      RELAY_TO: dependency.address,
      CALL_TOKENS: createFolder(t, { "127.0.0.1": token }),
    });
    const { port } = await untilReady(child);
    const client = createClient(AdServiceDefinition, `127.0.0.1:${port}`);
    t.after(() => client.close());
    return client.getAds({ contextKeys: [] }).then(
      () => "OK",
      ({ code }) => code,
    );
  };
  assert.equal(await callThrough(await issuer.sign()), "OK");
  assert.equal(await callThrough(await issuer.sign({ aud: "other" })), "UNAUTHENTICATED");
  assert.equal(dependency.done(), 1);
});

test("a function exits 2 if CALL_TOKENS is not a folder", async (t) => {
  const { child, lines } = forkFixture(t, "relay-function.ts", { CALL_TOKENS: "/nowhere" });
  assert.deepEqual(await once(child, "exit"), [2, null]);
  assert.equal(
    lines()[0]?.message,
    'relay is not configured: CALL_TOKENS is "/nowhere": expected the absolute path of a folder',
  );
});
