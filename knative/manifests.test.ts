import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";
import { skipWithoutKubectl } from "#backends/fixtures/kubeconfig.ts";
import { receivesEvents } from "#manifest/annotations.ts";
import { readManifests } from "#manifest/manifest.ts";
import { backgroundTimeoutMs } from "#runtime/background-work.ts";
import { findGeneratedSecrets } from "./deploy/generated-secrets.ts";
import { overlaysFolder } from "./deploy/options.ts";
import { generatedFolders, root, writeManifests } from "./generate/generate.ts";

// By their paths from the repository's root, including the test cluster's.
const overlays = [
  ...readdirSync(overlaysFolder).map((name) => join("knative", "overlays", name)),
  join("knative", "overlays", "auth", "event-identities"),
  join("test", "cluster", "overlay"),
];
const names = readManifests().flatMap((func) =>
  receivesEvents(func) ? [func.name, `${func.name}-events`] : [func.name],
);

test("the generated manifests are up to date", () => {
  const files = writeManifests();
  for (const folder of generatedFolders) {
    const paths = [...files.keys()].filter((path) => path.startsWith(folder));
    assert.deepEqual(
      readdirSync(join(root, folder)).sort(),
      paths.map((path) => basename(path)).sort(),
    );
  }
  for (const [path, text] of files) {
    assert.equal(readFileSync(join(root, path), "utf8"), text, `${path}: run npm run generate`);
  }
});

test("a pod's grace period covers queue-proxy's drain and the function's background work", () => {
  // queue-proxy delays SIGTERM by this (drainSleepDuration); the last spans take 2 s at most.
  const queueProxyMs = 30_000;
  const minMs = queueProxyMs + backgroundTimeoutMs + 5000;
  for (const [file, text] of writeManifests()) {
    for (const document of parseAllDocuments(text)) {
      const { kind, spec } = document.toJS() as Rendered;
      if (kind !== "Service") continue;
      // Knative's terminationGracePeriodSeconds of the pod.
      const { timeoutSeconds = 0 } = spec?.template?.spec ?? {};
      assert.ok(timeoutSeconds * 1000 >= minMs, `${file}: timeoutSeconds is ${timeoutSeconds}`);
    }
  }
});

describe("an overlay", { skip: skipWithoutKubectl }, () => {
  for (const overlay of overlays) {
    test(`${overlay} renders all Services, all but the storefront for the cluster only`, () => {
      const services = renderServices(overlay);
      assert.deepEqual(services.map(({ name }) => name).sort(), names.toSorted());
      for (const { name, labels, template } of services) {
        const isPublic = name === "frontend";
        const visibility = labels["networking.knative.dev/visibility"];
        assert.equal(visibility, isPublic ? undefined : "cluster-local", name);
        const [container] = template.spec.containers;
        const isHttp = isPublic || name.endsWith("-events");
        assert.equal(container?.ports?.[0]?.name, isHttp ? "http1" : "h2c", name);
        assert.equal(template.spec.automountServiceAccountToken, false, name);
      }
    });

    test(`${overlay} has no Secret, and annotations name the generated ones`, () => {
      const objects = render(overlay);
      assert.deepEqual(
        objects.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata.name),
        [],
      );
      const wanted = [...JSON.stringify(objects).matchAll(/"secretKeyRef":(\{.*?\})/g)];
      const referred = new Set(wanted.map(([, ref = ""]) => (JSON.parse(ref) as Reference).name));
      assert.deepEqual(findGeneratedSecrets(objects).sort(), [...referred].sort());
    });

    test(`${overlay} puts every object into the shop's namespace, for kubectl apply -k`, () => {
      for (const { kind, metadata } of render(overlay)) {
        const namespace = kind === "Namespace" ? metadata.name : metadata.namespace;
        assert.equal(namespace, "shop", `${kind} ${metadata.name}`);
      }
    });

    test(`${overlay} labels every object as the shop's`, () => {
      for (const { kind, metadata } of render(overlay)) {
        const label = metadata.labels?.["app.kubernetes.io/part-of"];
        assert.equal(label, "hipster-shop", `${kind} ${metadata.name}`);
      }
    });

    test(`${overlay} runs every container with the restricted profile and a read-only root`, () => {
      for (const { kind, metadata, spec } of render(overlay)) {
        const pod = (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
        for (const { name, securityContext } of pod?.containers ?? []) {
          const given = { ...pod?.securityContext, ...securityContext };
          const { runAsUser, runAsGroup, fsGroup, ...rules } = given;
          assert.deepEqual(rules, restricted, `${kind} ${metadata.name}, container ${name}`);
        }
      }
    });
  }

  test("warm keeps one instance of each", () => {
    for (const { name, template } of renderServices("knative/overlays/warm")) {
      const scale = template.metadata.annotations?.["autoscaling.knative.dev/min-scale"];
      assert.equal(scale, "1", name);
    }
  });

  test("jaeger-storage differs from default only by Jaeger's volume and store", () => {
    const nameOf = ({ kind, metadata }: Rendered) => `${kind} ${metadata.name}`;
    const before = new Map(
      render("knative/overlays/default").map((object) => [nameOf(object), object]),
    );
    const changed = render("knative/overlays/jaeger-storage").filter(
      (object) => !isDeepStrictEqual(before.get(nameOf(object)), object),
    );
    assert.deepEqual(changed.map(nameOf), ["PersistentVolumeClaim jaeger", "Deployment jaeger"]);
  });
});

// The restricted Pod Security Standard, and write access only to mounted volumes.
const restricted = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

interface Template {
  metadata: { annotations?: Record<string, string> };
  spec: {
    timeoutSeconds?: number;
    automountServiceAccountToken?: boolean;
    securityContext?: Record<string, unknown>;
    containers: {
      name: string;
      ports?: { name: string }[];
      securityContext?: Record<string, unknown>;
    }[];
  };
}

interface Reference {
  name: string;
}

interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: { template?: Template; jobTemplate?: { spec: { template: Template } } };
}

function render(overlay: string): Rendered[] {
  const args = ["kustomize", join(root, overlay)];
  const text = execFileSync("kubectl", args, { encoding: "utf8" });
  return parseAllDocuments(text).map((document) => document.toJS());
}

function renderServices(overlay: string) {
  return render(overlay).flatMap(({ apiVersion, metadata, spec }) => {
    if (apiVersion !== "serving.knative.dev/v1" || !spec?.template) return [];
    return [{ name: metadata.name, labels: metadata.labels ?? {}, template: spec.template }];
  });
}
