import assert from "node:assert/strict";
import { test } from "node:test";
import { skipWithoutKubectl as skip, writeKubeconfig } from "#backends/fixtures/kubeconfig.ts";
import { runShop } from "./fixtures/run-shop.ts";

for (const args of [["status", "--cluster"], ["undeploy"]]) {
  const [verb] = args;
  test(`${verb} exits 1 with kubectl's last line if the cluster does not respond`, {
    skip,
  }, async (t) => {
    const KUBECONFIG = writeKubeconfig(t, { dead: "http://127.0.0.1:1" });
    const { status, stderr } = await runShop(args, { KUBECONFIG });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^shop: kubectl get .* failed: .*127\.0\.0\.1:1.*\n$/);
  });

  test(`${verb} exits 2 and explains how to install kubectl if it is missing`, async () => {
    const { status, stderr } = await runShop(args, { PATH: "/nowhere" });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^shop: kubectl is not on the PATH: install it, https:.*\n$/);
  });
}
