import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import { bundleFunctions } from "../../bundle/bundle-functions.ts";
import { bundleWhole } from "../../bundle/bundle-whole.ts";
import { nodeFlags } from "../../bundle/node-flags.ts";
import { skipWithoutKubectl } from "../deploy/fixtures/kubeconfig.ts";
import { skip, TestImage } from "../images/fixtures/container.ts";
import { wholeManifest, writeWholeManifest } from "./generate.ts";
import { wholeShop, writeWholeService } from "./whole-service.ts";

const image = new TestImage(wholeShop);
const platform = "/app/local/container.cjs";
const shopper = readFileSync(join(import.meta.dirname, "warm.cjs"), "utf8");

after(() => (skip ? undefined : image.remove()));

test("the manifest of the whole shop is what the root func.yaml gives", () => {
  assert.equal(readFileSync(wholeManifest, "utf8"), writeWholeManifest(), "run npm run generate");
});

test("its kustomizations render one Service, public and for HTTP/1.1", {
  skip: skipWithoutKubectl,
}, () => {
  for (const folder of [import.meta.dirname, join(import.meta.dirname, "testbed")]) {
    const rendered = parse(execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8" }));
    assert.equal(rendered.kind, "Service");
    assert.equal(rendered.metadata.labels["networking.knative.dev/visibility"], undefined);
    const [container] = rendered.spec.template.spec.containers;
    assert.match(container.image, /\bshop\/hipster-shop\b/);
    assert.deepEqual(container.ports, [{ name: "http1", containerPort: 8080 }]);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
  }
});

test("what one deployment sets takes the place of what the manifest says", () => {
  const { spec } = writeWholeService("r.example/x:1", {
    annotations: { "autoscaling.knative.dev/window": "6s" },
    env: { ZIPKIN_ENDPOINT: "http://elsewhere:9411", SHOP_IDLE_WINDOW: "30s" },
  }) as unknown as { spec: Rendered };
  const { metadata, spec: pod } = spec.template;
  assert.equal(metadata.annotations["autoscaling.knative.dev/window"], "6s");
  assert.equal(metadata.annotations["autoscaling.knative.dev/max-scale"], "1");
  assert.equal(pod.containers[0].image, "r.example/x:1");
  assert.deepEqual(pod.containers[0].env, [
    { name: "HOST", value: "0.0.0.0" },
    { name: "ZIPKIN_ENDPOINT", value: "http://elsewhere:9411" },
    { name: "SHOP_IDLE_WINDOW", value: "30s" },
  ]);
});

test("the whole shop sells in a container that may write to /tmp alone, and ends at SIGTERM", {
  skip,
}, async () => {
  await bundleFunctions();
  await bundleWhole();
  const { ownBytes } = await image.build();
  assert.ok(ownBytes < 20_000_000, `${ownBytes} bytes`);

  const debug = { NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
  const { code, output } = await image.run(["node", "--eval", shopper, platform], debug);
  assert.equal(code, 0, output);
  assert.match(output, /code cache for CommonJS \/app\/local\/container\.cjs was accepted/);
  assert.doesNotMatch(output, /EROFS|EACCES/);
});

test("the functions inside take the compile cache of the image", { skip }, async () => {
  const bundle = "/app/functions/emailservice/dist/index.cjs";
  const { output } = await image.run(["node", ...nodeFlags, bundle], {
    NODE_DEBUG_NATIVE: "COMPILE_CACHE",
    PORT: "none",
  });
  assert.match(output, /code cache for CommonJS \/app\/functions\/emailservice\S+ was accepted/);
});

test("a wrong variable ends the container with one line and exit code 2", { skip }, async () => {
  const { code, output } = await image.run(["node", platform], { SHOP_IDLE_WINDOW: "soon" });
  assert.equal(code, 2, output);
  assert.match(output, /the shop is not configured: SHOP_IDLE_WINDOW is \\"soon\\"/);
});

test("Node.js is PID 1 of the whole shop's image, as a user by number", { skip }, async () => {
  const config = await image.readConfig();
  assert.equal(config.User, "65532:65532");
  assert.deepEqual(config.Entrypoint, ["node", platform]);
  assert.ok("8080/tcp" in config.ExposedPorts);
});

interface Rendered {
  template: {
    metadata: { annotations: Record<string, string> };
    spec: { containers: [{ image: string; env: { name: string; value: string }[] }] };
  };
}
