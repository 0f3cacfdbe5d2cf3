import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { manifestsFolder, writeManifests } from "./generate.ts";

const overlays = readdirSync(join(import.meta.dirname, "overlays"));
const skip = hasKubectl() ? false : "there is no kubectl to render overlays with";

test("the functions' manifests are what their func.yaml files give", async () => {
  const files = await writeManifests();
  assert.deepEqual(readdirSync(manifestsFolder).sort(), [...files.keys()].sort());
  for (const [file, text] of files) {
    const kept = readFileSync(join(manifestsFolder, file), "utf8");
    assert.equal(kept, text, `${file} has drifted: run npm run generate`);
  }
});

describe("an overlay", { skip }, () => {
  for (const overlay of overlays) {
    test(`${overlay} renders eleven Services, all but the storefront for the cluster only`, () => {
      const services = render(overlay).filter(({ apiVersion }) => apiVersion === serving);
      assert.equal(services.length, 11);
      for (const { metadata, spec } of services) {
        const isPublic = metadata.name === "frontend";
        const visibility = metadata.labels["networking.knative.dev/visibility"];
        assert.equal(visibility, isPublic ? undefined : "cluster-local", metadata.name);
        const pod = spec.template.spec;
        const [container] = pod.containers;
        assert.ok(container);
        const isHttp = isPublic || metadata.name.endsWith("-events");
        assert.equal(container.ports[0]?.name, isHttp ? "http1" : "h2c", metadata.name);
        assert.equal(pod.automountServiceAccountToken, false);
        assert.equal(container.securityContext.runAsNonRoot, true);
        assert.equal(container.securityContext.readOnlyRootFilesystem, true);
      }
    });
  }

  test("warm keeps one instance of each", () => {
    const services = render("warm").filter(({ apiVersion }) => apiVersion === serving);
    for (const { metadata, spec } of services) {
      const scale = spec.template.metadata.annotations["autoscaling.knative.dev/min-scale"];
      assert.equal(scale, "1", metadata.name);
    }
  });
});

const serving = "serving.knative.dev/v1";

interface Rendered {
  apiVersion: string;
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    template: {
      metadata: { annotations: Record<string, string> };
      spec: {
        automountServiceAccountToken: boolean;
        containers: {
          ports: { name: string }[];
          securityContext: { runAsNonRoot: boolean; readOnlyRootFilesystem: boolean };
        }[];
      };
    };
  };
}

function render(overlay: string): Rendered[] {
  const folder = join(import.meta.dirname, "overlays", overlay);
  const text = execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
  return parseAllDocuments(text).map((document) => document.toJS());
}

function hasKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
