import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { skipWithoutKubectl } from "#backends/fixtures/kubeconfig.ts";
import { overlaysFolder } from "#knative/deploy/options.ts";
import { writeEventsService, writeService } from "#knative/generate/service.ts";
import { knFlags } from "#knative/kn/kn-flags.ts";
import { knativeServicesOf, parseObjects } from "#knative/manifests/render-manifests.ts";
import { listFunctions, readManifest } from "#manifest/manifest.ts";
import { writeAsFunc } from "./fake-func/write-service.ts";

const maxScale = "autoscaling.knative.dev/max-scale";
const names = listFunctions();
// An emptyDir belongs to one instance: other instances do not see its files.
const withFiles = names.filter((name) => readManifest(name).run.volumes.length > 0);

test("only the cart and the email service write files", () => {
  assert.deepEqual(withFiles, ["cartservice", "emailservice"]);
});

for (const name of withFiles) {
  const func = readManifest(name);

  test(`${name} has at most one instance after func deploy`, () => {
    const { spec } = writeAsFunc(func, "image", new Date(0)) as unknown as Service;
    assert.equal(spec.template.metadata.annotations[maxScale], "1");
  });

  test(`${name} has at most one instance if kn creates it, also with a Service for events`, () => {
    const writers =
      func.deploy.subscriptions.length > 0 ? [writeService, writeEventsService] : [writeService];
    for (const write of writers) {
      assert.ok(knFlags(parse(write(func))).includes("--scale-max 1"));
    }
  });
}

const overlays = [
  ...readdirSync(overlaysFolder).map((name) => join(overlaysFolder, name)),
  join(import.meta.dirname, "cluster", "overlay"),
];

describe("with Redis, which all instances share,", { skip: skipWithoutKubectl }, () => {
  for (const overlay of overlays) {
    test(`overlay ${basename(overlay)} allows ten instances of every function`, () => {
      const text = execFileSync("kubectl", ["kustomize", overlay], { encoding: "utf8" });
      const services = knativeServicesOf(parseObjects(text)) as unknown as Service[];
      for (const { metadata, spec } of services) {
        assert.equal(spec.template.metadata.annotations[maxScale], "10", metadata.name);
      }
      const inRedis = services.filter(({ spec }) =>
        spec.template.spec.containers[0].env.some((variable) => variable.name === "REDIS_ADDR"),
      );
      assert.deepEqual(
        inRedis.map(({ metadata }) => metadata.name),
        ["cartservice", "emailservice", "emailservice-events"],
      );
    });
  }
});

interface Service {
  metadata: { name: string };
  spec: {
    template: {
      metadata: { annotations: Record<string, string> };
      spec: { containers: [{ env: { name: string }[] }] };
    };
  };
}
