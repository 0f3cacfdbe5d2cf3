import assert from "node:assert/strict";
import { test } from "node:test";
import { buildArguments, parsePushedDigest, pushArguments } from "./builder.ts";
import { checkTag, nameImage, tagOfCheckout } from "./image-name.ts";
import { parseHistory, parseManifestLayers, sumLayers } from "./image-size.ts";

const plan = {
  functionName: "adservice",
  reference: "registry.example/shop/adservice:1",
  nodeImage: "node:24-slim",
  insecure: true,
};

test("an image's name is its registry and its function", () => {
  assert.equal(nameImage("localhost:5000/shop", "adservice"), "localhost:5000/shop/adservice");
  assert.equal(nameImage("ghcr.io", "frontend"), "ghcr.io/frontend");
});

test("a registry with a scheme, capitals or a slash at its end is refused with its value", () => {
  for (const registry of ["https://ghcr.io", "ghcr.io/Shop", "ghcr.io/shop/", "", "a b"]) {
    assert.throws(
      () => nameImage(registry, "adservice"),
      (error: Error) => error.message.includes(`the registry is ${JSON.stringify(registry)}`),
    );
  }
});

test("a tag that registries refuse is refused", () => {
  assert.equal(checkTag("1a2b3c4-dirty"), "1a2b3c4-dirty");
  for (const tag of ["", "-x", ".x", "a/b", "a:b", "x".repeat(129)]) {
    assert.throws(() => checkTag(tag), /the tag is/);
  }
});

test("the tag of a checkout is its commit, with -dirty if files differ from it", async () => {
  assert.match(await tagOfCheckout(import.meta.dirname), /^[0-9a-f]{4,40}(-dirty)?$/);
  await assert.rejects(tagOfCheckout("/"), /give a --tag/);
});

test("podman and buildah have an option for registries without TLS, docker has none", () => {
  assert.ok(buildArguments("buildah", plan).includes("--tls-verify=false"));
  assert.ok(pushArguments("podman", plan, "digest").includes("--tls-verify=false"));
  assert.ok(!buildArguments("docker", plan).includes("--tls-verify=false"));
  assert.deepEqual(pushArguments("docker", plan, "digest"), ["push", plan.reference]);
});

test("the digest of the base image is an argument of the build", () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const args = buildArguments("docker", { ...plan, nodeImage: `docker.io/library/node@${digest}` });
  assert.ok(args.includes("NODE_IMAGE=docker.io/library/node"));
  assert.ok(args.includes(`NODE_IMAGE_DIGEST=${digest}`));
  assert.ok(buildArguments("docker", plan).includes("NODE_IMAGE_DIGEST="));
});

test("the digest is read from the output of docker push", () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  assert.equal(parsePushedDigest(`5f70: Pushed\n1: digest: ${digest} size: 1234\n`), digest);
  assert.equal(parsePushedDigest("denied: requested access\n"), undefined);
});

test("an image's own layers start at the last WORKDIR of docker's history", () => {
  const history = [
    "0\tCMD []",
    '0\tENTRYPOINT ["node" "/app/index.cjs"]',
    "900000\tCOPY /app/ /app/ # buildkit",
    "1000\tWORKDIR /app",
    "0\tLABEL org.opencontainers.image.title=adservice",
    "150000000\tRUN /bin/sh -c install node",
    "",
  ].join("\n");
  assert.deepEqual(parseHistory(history), { ownBytes: 901_000, totalBytes: 150_901_000 });
  assert.equal(parseHistory("0\tCMD []\n"), undefined);
});

test("an image's own layers of buildah are those after the base's", () => {
  const manifest = { layers: [{ size: 160 }, { size: 4 }, { size: 9 }] };
  const layers = parseManifestLayers(JSON.stringify({ Manifest: JSON.stringify(manifest) }));
  assert.deepEqual(sumLayers(layers, [160]), { ownBytes: 13, totalBytes: 173 });
});
