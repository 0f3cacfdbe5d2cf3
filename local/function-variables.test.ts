import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "#manifest/manifest.ts";
import { startFixtures, urlOf } from "./fixtures/start-fixtures.ts";
import { isPassedTo } from "./function-variables.ts";

const secrets = {
  REDIS_ADDR: "127.0.0.1:1",
  REDIS_USERNAME: "shop",
  REDIS_PASSWORD: "redis secret",
  SMTP_URL: "smtp://shop:secret@127.0.0.1:1",
  SESSION_KEY: "the key of the session cookies, in a test",
};

test("only the functions that use a password get it", () => {
  const manifests = readManifests();
  const usersOf = (variable: string) =>
    manifests.filter((manifest) => isPassedTo(manifest, variable)).map(({ name }) => name);
  const withStore = ["cart", "checkout", "email", "payment", "shipping"];
  for (const variable of ["REDIS_ADDR", "REDIS_USERNAME", "REDIS_PASSWORD"]) {
    const names = withStore.map((name) => `${name}service`);
    assert.deepEqual(usersOf(variable).sort(), names, variable);
  }
  assert.deepEqual(usersOf("SMTP_URL"), ["emailservice"]);
  assert.deepEqual(usersOf("SESSION_KEY"), ["frontend"]);
  for (const variable of [
    ...["PREWARM", "LOG_LEVEL", "SHOP_FAULTS", "OTEL_TRACES_SAMPLER", "PATH"],
    // A Node.js that is linked to libraries elsewhere does not start without it.
    ...["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"],
  ]) {
    assert.equal(usersOf(variable).length, manifests.length, variable);
  }
  for (const variable of ["NODE_AUTH_TOKEN", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "npm_x"]) {
    assert.deepEqual(usersOf(variable), [], variable);
  }
});

test("the process of a function has only the variables that it uses", async (t) => {
  const env = {
    ...process.env,
    ...secrets,
    CONSOLE_TOKEN: "of the platform's user",
    NODE_AUTH_TOKEN: "of npm",
    EXTRA_LATENCY: "1ms",
    LOG_LEVEL: "warn",
  };
  const platform = await startFixtures(t, { env });
  const read = async (path: string) => (await fetch(urlOf(platform, "echo", path))).text();
  const names = (await read("/env")).split(" ");
  // Named by func.yaml itself, as a variable, of a backing service, and of the runtime.
  for (const used of ["FROM_MANIFEST", "EXTRA_LATENCY", "SMTP_URL", "LOG_LEVEL", "K_SINK"]) {
    assert.ok(names.includes(used), used);
  }
  assert.equal(await read("/env?name=SMTP_URL"), secrets.SMTP_URL);
  const unused = [
    "CONSOLE_TOKEN",
    "NODE_AUTH_TOKEN",
    "REDIS_ADDR",
    "REDIS_PASSWORD",
    "SESSION_KEY",
  ];
  assert.deepEqual(
    unused.filter((name) => names.includes(name)),
    [],
  );
});
