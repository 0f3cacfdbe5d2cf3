import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { overlaysFolder, readDeployOptions } from "./options.ts";

const given = { overlay: "default", namespace: "shop", timeout: "300s" };

test("a registry and a tag name an image for every function", () => {
  const registry = "registry.example:5000/team/";
  const raw = { ...given, registry, tag: "1", timeout: "5m", build: false };
  const { images, timeoutMs } = readDeployOptions(raw, ["adservice"]);
  assert.deepEqual(images, { adservice: "registry.example:5000/team/adservice:1" });
  assert.equal(timeoutMs, 300_000);
});

test("with a registry alone images are built and pushed", () => {
  const raw = { ...given, registry: "registry.example/team/", insecure: true };
  const { images, build } = readDeployOptions(raw, ["adservice"]);
  assert.deepEqual(images, {});
  assert.deepEqual(build, {
    registry: "registry.example/team",
    tag: undefined,
    nodeImage: undefined,
    insecure: true,
    builder: undefined,
  });
});

test("an overlay is a name in knative/overlays or the path of a folder with a kustomization", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "overlay-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const read = (overlay: string) => readDeployOptions({ ...given, overlay }, []).overlayFolder;
  assert.equal(read("warm"), join(overlaysFolder, "warm"));
  assert.throws(() => read(folder), /: it has no kustomization\.yaml$/);
  writeFileSync(join(folder, "kustomization.yaml"), "resources: []\n");
  assert.equal(read(folder), folder);
  assert.equal(read(relative(process.cwd(), folder)), folder);
  assert.throws(() => read("wram"), {
    name: "ConfigError",
    message:
      /^--overlay is "wram": expected one of auth, default, .*warm, or the path of a folder, such as \.\/wram$/,
  });
});

test("all wrong options are reported at once", () => {
  const wrong = { batch: "0", without: "prometheus,redis" };
  const raw = { overlay: "../x", namespace: "Shop", timeout: "soon", tag: "1", ...wrong };
  assert.throws(() => readDeployOptions(raw, []), {
    name: "ConfigError",
    message:
      /--overlay is.*\n--namespace is.*\n--timeout is.*\n--batch is "0".*\n--without is "prometheus,redis": expected some of grafana, prometheus.*\n--tag is "1": it needs a --registry/,
  });
});

test("Knative's settings are changed, and parts left out, only on request", () => {
  const unasked = readDeployOptions(given, []);
  assert.deepEqual([unasked.configurePlatform, unasked.without], [false, []]);
  assert.equal(unasked.batchSize, 3);
  const raw = { ...given, configurePlatform: true, without: "prometheus, grafana", batch: "11" };
  const asked = readDeployOptions(raw, []);
  assert.deepEqual([asked.configurePlatform, asked.batchSize], [true, 11]);
  assert.deepEqual(asked.without, ["grafana", "prometheus"]);
});

test("existing images need a registry and a tag", () => {
  const raw = { ...given, registry: "registry.example/team", build: false };
  assert.throws(
    () => readDeployOptions(raw, ["adservice"]),
    /--no-build needs --registry and --tag/,
  );
});

test("a file of images has to contain references by function", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "images-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "images.json");
  const reference = `registry.example/x@sha256:${"a".repeat(64)}`;
  writeFileSync(path, JSON.stringify({ adservice: reference }));
  assert.deepEqual(readDeployOptions({ ...given, images: path }, []).images, {
    adservice: reference,
  });
  writeFileSync(path, JSON.stringify({ adservice: "not a reference" }));
  assert.throws(() => readDeployOptions({ ...given, images: path }, []), /wrong: adservice/);
  const missing = join(folder, "none.json");
  assert.throws(() => readDeployOptions({ ...given, images: missing }, []), /cannot be read/);
});
