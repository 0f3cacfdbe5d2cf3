import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitReady } from "#knative/deploy/await-ready.ts";
import type { KubeObject } from "#knative/deploy/objects.ts";
import { findWaitTargets } from "#knative/deploy/workload-state.ts";
import { wholeShop, writeWholeService } from "#knative/whole/whole-service.ts";
import { orderForm } from "../visitor.ts";
import {
  cluster,
  GatewayVisitor,
  kubectl,
  listFunctionPods,
  skip,
  waitForZero,
} from "./cluster.ts";

const namespace = "shop-whole-test";
const image = process.env.KNATIVE_WHOLE_IMAGE ?? "";

test("the whole shop as one function sells, goes to zero and comes back", {
  skip: skip || (image === "" && "KNATIVE_WHOLE_IMAGE is not set"),
}, async (t) => {
  await kubectl.read(["create", "namespace", namespace]);
  t.after(() => kubectl.run(["delete", "namespace", namespace, "--wait=false"]));
  const service = writeWholeService(image) as KubeObject;
  const { template } = service.spec as { template: { metadata: { annotations: object } } };
  Object.assign(template.metadata.annotations, { "autoscaling.knative.dev/window": "10s" });
  await kubectl.read(["apply", "-n", namespace, "-f", "-"], { input: JSON.stringify(service) });
  const wait = { namespace, timeoutMs: 120_000, onStates: () => undefined };
  const { failures } = await awaitReady(kubectl, findWaitTargets([service]), wait);
  assert.deepEqual(failures, []);

  const domain = cluster.storefront.replace(`frontend.${cluster.namespace}.`, "");
  const visitor = new GatewayVisitor(`${wholeShop}.${namespace}.${domain}`);
  assert.equal((await visitor.get("/")).status, 200);
  const added = await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
  assert.equal(added.status, 302);
  const order = await visitor.post("/cart/checkout", orderForm);
  assert.equal(order.status, 200);
  assert.match(order.body, /Thank you/);

  await waitForZero([wholeShop], namespace);
  assert.equal((await visitor.get("/")).status, 200);
  assert.equal((await listFunctionPods([wholeShop], namespace)).length, 1);
});
