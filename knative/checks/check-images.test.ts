import assert from "node:assert/strict";
import { test } from "node:test";
import { parseObjects } from "../manifests/render-manifests.ts";
import { startRegistry } from "../registry/fixtures/registry-server.ts";
import { createRegistry } from "../registry/registry.ts";
import { checkImages, imagesOf } from "./check-images.ts";

const functions = ["adservice", "frontend"];

test("missing images are reported with the command that builds them", async () => {
  await using server = await startRegistry();
  const { host } = server;
  for (const name of ["node:24", "redis:7", "shop/frontend:1"]) server.manifests.set(name, "{}");
  const registry = createRegistry({ insecure: false, env: {} });
  const wanted = ["node:24", "redis:7", "shop/adservice:dev", "shop/frontend:dev"];
  const check = (...names: string[]) =>
    checkImages(
      registry,
      names.map((name) => `${host}/${name}`),
      functions,
    );
  const { problems, notes } = await check(...wanted);
  assert.deepEqual(notes, []);
  assert.deepEqual(problems, [
    `${host}/shop has no images with tag dev of adservice, frontend; build and push them, then run this command again:\n` +
      `  npm run images -- --registry ${host}/shop --tag dev --push --insecure --node-image ${host}/node:24 adservice frontend`,
  ]);
  const foreign = await check("redis:8", "shop/frontend:1");
  const line = `${host}/redis:8 is not in its registry: push it, or name another image`;
  assert.deepEqual(foreign.problems, [line]);
  server.manifests.set("shop/adservice:dev", "{}").set("shop/frontend:dev", "{}");
  assert.deepEqual((await check(...wanted)).problems, []);
});

test("images that cannot be checked are noted once per reason, and are not a problem", async () => {
  await using server = await startRegistry("basic");
  const { host } = server;
  const registry = createRegistry({ insecure: false, env: {} });
  const images = [`${host}/a:1`, `${host}/b:1`, "localhost:1/c:1"];
  assert.deepEqual(await checkImages(registry, images, functions), {
    problems: [],
    digests: new Map(),
    notes: [
      `not checked: ${host}/a:1, ${host}/b:1: ${host} refuses access (HTTP status 401); log in to it if the image is private`,
      "not checked: localhost:1/c:1: localhost:1 cannot be reached from here (ECONNREFUSED)",
    ],
  });
});

test("the images of an overlay are those of all its containers, each once", () => {
  const objects = parseObjects(`
kind: Deployment
metadata: { name: a }
spec: { template: { spec: { containers: [{ image: b }, { image: a }], initContainers: [{ image: c }] } } }
---
kind: Service
metadata: { name: b }
spec: { template: { spec: { containers: [{ image: a }] } } }
---
kind: ConfigMap
metadata: { name: c }
`);
  assert.deepEqual(imagesOf(objects), ["a", "b", "c"]);
});
