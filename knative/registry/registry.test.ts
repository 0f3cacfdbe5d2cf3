import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { digestOf, startRegistry, user } from "./fixtures/registry-server.ts";
import { parseReference } from "./reference.ts";
import { createRegistry } from "./registry.ts";

const home = mkdtempSync(join(tmpdir(), "shop-registry-"));
after(() => rmSync(home, { recursive: true }));
// No login of the user who runs the tests.
const noLogin = { HOME: home };
const auth = Buffer.from(`${user.username}:${user.secret}`).toString("base64");

// The environment of a user with this docker configuration.
function withConfig(name: string, config: object): NodeJS.ProcessEnv {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  return { ...noLogin, DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env.PATH}` };
}

test("a reference without a host is Docker Hub's", () => {
  const hub = "registry-1.docker.io";
  assert.deepEqual(parseReference("redis"), {
    name: "redis",
    host: hub,
    repository: "library/redis",
    version: "latest",
  });
  assert.deepEqual(parseReference("docker.io/prom/prometheus:v3"), {
    name: "docker.io/prom/prometheus",
    host: hub,
    repository: "prom/prometheus",
    version: "v3",
  });
  assert.deepEqual(parseReference("localhost:5000/a/b:1@sha256:ab"), {
    name: "localhost:5000/a/b",
    host: "localhost:5000",
    repository: "a/b",
    version: "sha256:ab",
  });
  assert.equal(parseReference("localhost:5000/a").version, "latest");
});

test("an image is found with its digest or is missing, in a registry without TLS too", async () => {
  await using server = await startRegistry();
  server.manifests.set("shop/adservice:1", "{}");
  const registry = createRegistry({ insecure: false, env: noLogin });
  const found = { state: "found", digest: digestOf("{}") };
  assert.deepEqual(await registry.find(`${server.host}/shop/adservice:1`), found);
  const byDigest = `${server.host}/shop/adservice@${digestOf("{}")}`;
  assert.deepEqual(await registry.find(byDigest), found);
  assert.deepEqual(await registry.find(`${server.host}/shop/adservice:2`), { state: "missing" });
  assert.equal(await registry.isPlain(`${server.host}/x`), true);
});

test("a registry that does not respond is unknown, not missing", async () => {
  const server = await startRegistry();
  await server[Symbol.asyncDispose]();
  const registry = createRegistry({ insecure: true, env: noLogin });
  const lookup = await registry.find(`${server.host}/x:1`);
  const reason = `${server.host} cannot be reached from here (ECONNREFUSED)`;
  assert.deepEqual(lookup, { state: "unknown", reason });
  assert.equal(await registry.isPlain(`${server.host}/x`), undefined);
});

for (const kind of ["basic", "bearer"] as const) {
  test(`a registry with ${kind} authentication uses docker's login, without TLS only if it is insecure`, async () => {
    await using server = await startRegistry(kind);
    server.manifests.set("x:1", "{}");
    const env = withConfig(kind, { auths: { [server.host]: { auth } } });
    const found = { state: "found", digest: digestOf("{}") };
    const registry = createRegistry({ insecure: true, env });
    assert.deepEqual(await registry.find(`${server.host}/x:1`), found);
    assert.equal(await registry.tag(`${server.host}/x:1`, "2"), undefined);
    assert.equal(server.manifests.get("x:2"), "{}");

    const refused = {
      state: "unknown",
      reason: `${server.host} refuses access (HTTP status 401); log in to it if the image is private`,
    };
    for (const options of [
      { insecure: false, env },
      { insecure: true, env: noLogin },
    ]) {
      assert.deepEqual(await createRegistry(options).find(`${server.host}/x:1`), refused);
    }
  });
}

test("a login is read from podman's file and from docker's credential helper", async () => {
  await using server = await startRegistry("basic");
  server.manifests.set("x:1", "{}");
  const helped = withConfig("helped", { credHelpers: { [server.host]: "test" } });
  const helper = join(home, "helped", "docker-credential-test");
  const login = JSON.stringify({ Username: user.username, Secret: user.secret });
  writeFileSync(
    helper,
    `#!/bin/sh\nread -r host; [ "$host" = ${server.host} ] && echo '${login}'\n`,
  );
  chmodSync(helper, 0o755);
  const file = join(home, "auth.json");
  writeFileSync(file, JSON.stringify({ auths: { [server.host]: { auth } } }));
  for (const env of [helped, { ...noLogin, REGISTRY_AUTH_FILE: file }]) {
    const lookup = await createRegistry({ insecure: true, env }).find(`${server.host}/x:1`);
    assert.equal(lookup.state, "found");
  }
});
