import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ConfigError } from "#runtime/environment.ts";
import { portVariableOf, readPlatformConfig, repositoryDir } from "./config.ts";
import { makeTemporaryDir } from "./fixtures/start-fixtures.ts";
import { readManifests } from "./manifest.ts";

const good = (name: string, more = "") => `
name: ${name}
run:
  envs:
    - { name: LOG_LEVEL, value: warn }
    - { name: PASSWORD, value: "{{ secret:mail }}" }
${more}
deploy:
  annotations: { hipstershop.dev/local-port: "7070" }
  options: { scale: { min: 1 } }
  subscriptions:
    - { source: default, filters: { type: a.b.v1 } }
`;

test("a manifest gives name, callees, plain variables, port, scale and subscriptions", async (t) => {
  const folder = await writeManifests(t, {
    cart: good(
      "cart",
      "    - { name: STORE_SERVICE_ADDR, value: store.shop.svc.cluster.local:80 }",
    ),
    store: good("store"),
  });
  await mkdir(join(folder, "not-a-function"));
  const [cart, store, ...more] = await readManifests(folder);
  assert.deepEqual(more, []);
  assert.equal(store?.name, "store");
  assert.deepEqual(cart, {
    name: "cart",
    folder: join(folder, "cart"),
    callees: [{ variable: "STORE_SERVICE_ADDR", name: "store" }],
    env: { LOG_LEVEL: "warn" },
    localPort: 7070,
    minScale: 1,
    subscriptions: [{ source: "default", filters: { type: "a.b.v1" } }],
  });
});

test("every manifest that cannot be used is named with its reason", async (t) => {
  const folder = await writeManifests(t, {
    broken: "name: [",
    cart: good("wagon", "    - { name: STORE_SERVICE_ADDR, value: shelf:80 }"),
    portless: "name: portless",
  });
  await assert.rejects(readManifests(folder), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /^broken\/func.yaml: /m);
    assert.match(error.message, /^cart\/func.yaml: name is "wagon": expected the folder's, cart$/m);
    assert.match(error.message, /^cart\/func.yaml: STORE_SERVICE_ADDR leads to "shelf"/m);
    assert.match(error.message, /^portless\/func.yaml: annotation .* expected a TCP port$/m);
    return true;
  });
});

test("the shop's own functions have a manifest each, and nobody calls what is not there", async () => {
  const manifests = await readManifests(join(repositoryDir, "functions"));
  assert.equal(manifests.length, 10);
  const ports = new Set(manifests.map(({ localPort }) => localPort));
  assert.equal(ports.size, 10);
});

test("each function has a variable for its port, and PORT is the storefront's", async (t) => {
  const folder = await writeManifests(t, { cart: good("cart"), frontend: good("frontend") });
  const manifests = await readManifests(folder);
  const config = readPlatformConfig({ PORT: "9000", CART_PORT: "0" }, manifests);
  assert.deepEqual(
    [...config.functionPorts],
    [
      ["cart", 0],
      ["frontend", 9000],
    ],
  );
  assert.equal(config.consolePort, 8081);
  assert.equal(config.idleWindowMs, 60_000);
  assert.equal(config.host, "127.0.0.1");
  assert.equal(portVariableOf("two-words"), "TWO_WORDS_PORT");
});

test("every variable of the platform that is wrong is named with its value", async (t) => {
  const manifests = await readManifests(await writeManifests(t, { cart: good("cart") }));
  const env = {
    CART_PORT: "x",
    CONSOLE_PORT: "70000",
    SHOP_IDLE_WINDOW: "5",
    ZIPKIN_ENDPOINT: "a",
  };
  assert.throws(
    () => readPlatformConfig(env, manifests),
    (error) => {
      assert.ok(error instanceof ConfigError);
      for (const name of Object.keys(env))
        assert.match(error.message, new RegExp(`^${name} is `, "m"));
      return true;
    },
  );
});

async function writeManifests(t: TestContext, texts: Record<string, string>): Promise<string> {
  const folder = await makeTemporaryDir(t);
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "func.yaml"), text);
  }
  return folder;
}
