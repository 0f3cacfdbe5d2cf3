import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { applyAccounts } from "#knative/deploy/apply-manifests.ts";
import { formatObjects, renderOverlay, retarget } from "#knative/manifests/render-manifests.ts";
import { kubectl, skip } from "./fixtures/cluster.ts";

const knativeFolder = join(import.meta.dirname, "..", "..", "knative");
const overlays = readdirSync(join(knativeFolder, "overlays"));

// A separate namespace, because deployed objects have fields that cannot be changed, such as Redis'
// volume. It has service accounts only: a dry run stores nothing.
const namespace = "shop-dry-run";

describe("the API server", { skip }, () => {
  before(() => kubectl.read(["create", "namespace", namespace]));
  after(() => kubectl.read(["delete", "namespace", namespace], { timeoutMs: 120_000 }));

  for (const overlay of overlays) {
    test(`accepts every object of overlay ${overlay}`, async () => {
      const written = await renderOverlay(kubectl, join(knativeFolder, "overlays", overlay));
      await dryRun(written);
    });
  }

  test("accepts the shop's objects in Knative's namespace", async () => {
    await dryRun(await renderOverlay(kubectl, join(knativeFolder, "config")));
  });
});

async function dryRun(written: readonly KubeObject[]): Promise<void> {
  const objects = retarget(written, { namespace, images: {} });
  assert.deepEqual(await applyAccounts(kubectl, objects, namespace), []);
  // Another field manager, so that no keys conflict.
  const args = ["apply", "--server-side", "--dry-run=server", "--field-manager=shop-dry-run"];
  const { exitCode, stdout, stderr } = await kubectl.run(
    [...args, "--force-conflicts", "-f", "-", "-o", "name"],
    { input: formatObjects(objects), timeoutMs: 60_000 },
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout.trim().split("\n").length, objects.length);
}
