import assert from "node:assert/strict";
import { after, test } from "node:test";
import { buildImages, defaultNodeImage } from "./build-images.ts";
import { type BuilderName, findBuilder } from "./builder.ts";
import { runProgram } from "./run-program.ts";

// A cluster for tests that says where its registry is has the base image there; elsewhere it has to
// be on this machine, because a test should not load it from the internet.
const registry = process.env.TESTBED_REGISTRY;
const nodeImage = registry ? `${registry}/node:24-slim` : defaultNodeImage;
const reference = "localhost/shop-test/shippingservice:containerfile-test";

const builder = await findBuilder().catch(() => undefined);
const skip = await explainSkip(builder);

after(async () => {
  if (builder && !skip) await runProgram(builder, ["rmi", reference]);
});

test("an image holds a small bundle whose compile cache is taken in the container", {
  skip,
}, async () => {
  assert.ok(builder);
  const [image] = await buildImages({
    functions: ["shippingservice"],
    registry: "localhost/shop-test",
    tag: "containerfile-test",
    ...{ nodeImage, builder, insecure: registry !== undefined, push: false },
  });
  assert.equal(image?.reference, reference);
  assert.ok(image.size && image.size.ownBytes < 3_000_000, JSON.stringify(image.size));

  // A port that is none ends the function once its modules are loaded.
  const { output } = await runInContainer(builder, "PORT=none");
  assert.match(output, /PORT is \\?"none\\?"/);
  assert.match(output, /reading cache from \/app\/cache\/\S+-65532\/\w+ for CommonJS \/app\/index/);
  assert.match(output, /code cache for CommonJS \/app\/index\.cjs was accepted/);
  assert.doesNotMatch(output, /rejected|writing cache|EROFS|EACCES/);
});

test("an image starts Node.js itself, as a user by number that is not root", {
  skip,
}, async () => {
  assert.ok(builder);
  const config = await inspectConfig(builder);
  assert.equal(config.User, "65532:65532");
  assert.deepEqual(config.Entrypoint, ["node", "/app/index.cjs"]);
  assert.deepEqual(config.Cmd ?? [], []);
  assert.equal(config.WorkingDir, "/app");
  assert.ok("8080/tcp" in config.ExposedPorts);
});

async function explainSkip(name: BuilderName | undefined): Promise<string | false> {
  if (name === undefined) return "neither docker nor podman nor buildah works here";
  if (registry && name !== "docker") {
    const { code } = await runProgram(name, ["pull", "--tls-verify=false", nodeImage]);
    return code === 0 ? false : `${name} cannot pull ${nodeImage}`;
  }
  const type = name === "buildah" ? ["inspect", "--type", "image"] : ["image", "inspect"];
  const { code } = await runProgram(name, [...type, nodeImage]);
  return code === 0 ? false : `${nodeImage} is not on this machine: ${name} pull ${nodeImage}`;
}

async function runInContainer(name: BuilderName, variable: string) {
  const env = ["--env", "NODE_DEBUG_NATIVE=COMPILE_CACHE", "--env", variable];
  if (name !== "buildah")
    return runProgram(name, ["run", "--rm", "--read-only", ...env, reference]);
  const container = (await runProgram(name, ["from", reference])).stdout.trim();
  try {
    return await runProgram(name, ["run", ...env, container, "--", "node", "/app/index.cjs"]);
  } finally {
    await runProgram(name, ["rm", container]);
  }
}

interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[] | null;
  readonly WorkingDir: string;
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
}

async function inspectConfig(name: BuilderName): Promise<ImageConfig> {
  if (name === "buildah") {
    const { stdout } = await runProgram(name, ["inspect", "--type", "image", reference]);
    return (JSON.parse(stdout) as { OCIv1: { config: ImageConfig } }).OCIv1.config;
  }
  const { stdout } = await runProgram(name, ["image", "inspect", reference]);
  const [image] = JSON.parse(stdout) as { Config: ImageConfig }[];
  assert.ok(image);
  return image.Config;
}
