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
import { receivesEvents } from "#manifest/annotations.ts";
import { listFunctions, readManifest, readManifests, readMonolith } from "#manifest/manifest.ts";
import { writeAsFunc } from "./fake-func/write-service.ts";

const maxScale = "autoscaling.knative.dev/max-scale";
const names = listFunctions();
// An emptyDir belongs to one instance: other instances do not see its files.
const withFiles = names.filter((name) => readManifest(name).run.volumes.length > 0);

// These refuse to start with files that are lost with their pod, unless that is allowed.
const durable = ["checkoutservice", "paymentservice", "shippingservice"];
const permission = { name: "ALLOW_EPHEMERAL_STORE", value: "true" };

test("only the functions with a store write files", () => {
  assert.deepEqual(withFiles.toSorted(), [...durable, "cartservice", "emailservice"].toSorted());
});

for (const name of withFiles) {
  const func = readManifest(name);

  test(`${name} has at most one instance after func deploy`, () => {
    const { spec } = writeAsFunc(func, "image", new Date(0)) as unknown as Service;
    assert.equal(spec.template.metadata.annotations[maxScale], "1");
  });

  test(`${name} has at most one instance if kn creates it, also with a Service for events`, () => {
    const writers = receivesEvents(func) ? [writeService, writeEventsService] : [writeService];
    for (const write of writers) {
      assert.ok(knFlags(parse(write(func))).includes("--scale-max 1"));
    }
  });

  test(`${name} ${durable.includes(name) ? "may" : "need not"} lose its data, by its func.yaml`, () => {
    const variables = func.run.envs.filter((variable) => variable.name === permission.name);
    assert.deepEqual(variables, durable.includes(name) ? [permission] : []);
    // The patch of the manifests removes the first variable.
    if (durable.includes(name)) assert.deepEqual(func.run.envs[0], permission);
  });
}

test("the monolith has at most one instance, and may lose its data, by its func.yaml", () => {
  const { run, deploy } = readMonolith();
  assert.equal(deploy.options.scale.max, 1);
  assert.deepEqual(
    run.envs.filter(({ name }) => name === permission.name),
    [permission],
  );
});

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
      const clients = readManifests().filter((func) => func.backingServices.includes("redis"));
      assert.deepEqual(
        inRedis.map(({ metadata }) => metadata.name),
        clients.flatMap((func) =>
          receivesEvents(func) ? [func.name, `${func.name}-events`] : [func.name],
        ),
      );
    });

    test(`overlay ${basename(overlay)} does not allow any function to lose its data`, () => {
      const text = execFileSync("kubectl", ["kustomize", overlay], { encoding: "utf8" });
      assert.doesNotMatch(text, new RegExp(permission.name));
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
