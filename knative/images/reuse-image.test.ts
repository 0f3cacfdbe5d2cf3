import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { digestOf, startRegistry } from "../registry/fixtures/registry-server.ts";
import { createRegistry } from "../registry/registry.ts";
import { copiedBy, nameInputs } from "./image-inputs.ts";
import { pinImage, reuseImage } from "./reuse-image.ts";

const folder = mkdtempSync(join(tmpdir(), "shop-inputs-"));
after(() => rmSync(folder, { recursive: true }));
const root = join(import.meta.dirname, "..", "..");

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

test("the inputs of an image are the files that its Containerfile copies", () => {
  const inputs = (path: string) => copiedBy(readFileSync(join(root, path), "utf8"), "adservice");
  assert.deepEqual(inputs("Containerfile"), [
    "functions/adservice/dist/",
    "functions/adservice/func.yaml",
    "knative/images/dist/warm-up.cjs",
  ]);
  assert.deepEqual(inputs("monolith/Containerfile"), [
    "monolith/dist/",
    "knative/images/dist/warm-up.cjs",
  ]);
});

test("the tag of the inputs changes only with a copied file or with the base image", async () => {
  write("Containerfile", "FROM x\nCOPY functions/$" + "{FUNCTION}/dist/ /app/\nCOPY a b /c/\n");
  write("functions/adservice/dist/index.cjs", "1");
  write("functions/adservice/dist/static/x.css", "2");
  write("a", "3");
  write("b", "4");
  const plan = { functionName: "adservice", nodeImage: "node@sha256:ab" };
  const before = await nameInputs(plan, folder);
  assert.match(before, /^inputs-[0-9a-f]{64}$/);
  write("other", "5");
  write("a", "3");
  assert.equal(await nameInputs(plan, folder), before);
  const seen = new Set([before]);
  for (const path of ["functions/adservice/dist/static/x.css", "b", "Containerfile"]) {
    write(path, `${readFileSync(join(folder, path), "utf8")}\n`);
    seen.add(await nameInputs(plan, folder));
  }
  seen.add(await nameInputs({ ...plan, nodeImage: "node@sha256:cd" }, folder));
  assert.equal(seen.size, 5);
});

test("a missing bundle is named before the build", async () => {
  const plan = { functionName: "frontend", nodeImage: "node" };
  await assert.rejects(nameInputs(plan, folder), {
    name: "ImageBuildError",
    message: "frontend: functions/frontend/dist/ is missing: leave out --no-bundle",
  });
});

test("an image of the same inputs is reused, also with another tag", async () => {
  await using server = await startRegistry();
  const registry = createRegistry({ insecure: false, env: {} });
  const name = `${server.host}/shop/adservice`;
  const tags = { inputs: "inputs-1", tag: "v1" };
  assert.equal(await reuseImage(registry, name, tags), undefined);

  server.manifests.set("shop/adservice:inputs-1", "{}");
  assert.equal(await reuseImage(registry, name, tags), digestOf("{}"));
  assert.equal(server.manifests.get("shop/adservice:v1"), "{}");

  // Nothing is written if the tag exists already.
  const writes = () => server.requests.filter((request) => request.startsWith("PUT"));
  assert.equal(writes().length, 1);
  assert.equal(await reuseImage(registry, name, tags), digestOf("{}"));
  assert.equal(writes().length, 1);
});

test("a base image is pinned by the digest of its registry", async () => {
  await using server = await startRegistry();
  server.manifests.set("node:24", "{}");
  const registry = createRegistry({ insecure: false, env: {} });
  const pinned = `${server.host}/node@${digestOf("{}")}`;
  assert.deepEqual(await pinImage(registry, `${server.host}/node:24`), { image: pinned });
  assert.deepEqual(await pinImage(registry, pinned), { image: pinned });
  const unknown = { reason: "localhost:1 cannot be reached from here (ECONNREFUSED)" };
  assert.deepEqual(await pinImage(registry, "localhost:1/node:24"), unknown);
  await assert.rejects(pinImage(registry, `${server.host}/node:22`), {
    name: "ConfigError",
    message: `--node-image is ${server.host}/node:22: its registry does not have this image`,
  });
});
