import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { skipWithoutKubectl } from "#backends/fixtures/kubeconfig.ts";
import { root } from "./generate.ts";
import { writeMonolithService } from "./monolith-service.ts";

for (const folder of ["monolith", "test/cluster/monolith"]) {
  test(`${folder} renders one Service, public and for HTTP/1.1`, {
    skip: skipWithoutKubectl,
  }, () => {
    const args = ["kustomize", join(root, folder)];
    const rendered = parse(execFileSync("kubectl", args, { encoding: "utf8" }));
    assert.equal(rendered.kind, "Service");
    assert.equal(rendered.metadata.labels["networking.knative.dev/visibility"], undefined);
    const [container] = rendered.spec.template.spec.containers;
    assert.match(container.image, /\bshop\/hipster-shop\b/);
    assert.deepEqual(container.ports, [{ name: "http1", containerPort: 8080 }]);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
  });
}

test("the changes of one deployment override the manifest", () => {
  const { spec } = writeMonolithService("r.example/x:1", {
    annotations: { "autoscaling.knative.dev/window": "6s" },
    env: { ZIPKIN_ENDPOINT: "http://elsewhere:9411", SHOP_IDLE_WINDOW: "30s" },
  }) as unknown as { spec: Rendered };
  const { metadata, spec: pod } = spec.template;
  assert.equal(metadata.annotations["autoscaling.knative.dev/window"], "6s");
  assert.equal(metadata.annotations["autoscaling.knative.dev/max-scale"], "1");
  assert.equal(pod.containers[0].image, "r.example/x:1");
  assert.deepEqual(pod.containers[0].env, [
    { name: "HOST", value: "0.0.0.0" },
    { name: "MAX_CONCURRENT_REQUESTS", value: "200" },
    { name: "ALLOW_EPHEMERAL_STORE", value: "true" },
    { name: "ZIPKIN_ENDPOINT", value: "http://elsewhere:9411" },
    { name: "SHOP_IDLE_WINDOW", value: "30s" },
  ]);
});

interface Rendered {
  template: {
    metadata: { annotations: Record<string, string> };
    spec: { containers: [{ image: string; env: { name: string; value: string }[] }] };
  };
}
